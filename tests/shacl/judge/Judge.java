import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.jena.graph.Graph;
import org.apache.jena.graph.Node;
import org.apache.jena.riot.RDFDataMgr;
import org.apache.jena.shacl.ShaclValidator;
import org.apache.jena.shacl.Shapes;
import org.apache.jena.shacl.ValidationReport;
import org.apache.jena.shacl.validation.ReportEntry;
import org.apache.jena.sparql.path.P_Link;

/** Validates many graphs in one process: a line for each result, and one that ends each case. */
public class Judge {
    public static void main(String[] arguments) throws Exception {
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        for (String line : Files.readAllLines(Path.of(arguments[0]))) {
            String[] files = line.split("\t");
            try {
                Graph data = RDFDataMgr.loadGraph(files[0]);
                Shapes shapes = Shapes.parse(RDFDataMgr.loadGraph(files[1]));
                ValidationReport report = ShaclValidator.get().validate(shapes, data);
                for (ReportEntry entry : report.getEntries()) {
                    out.println(String.join("\t", "result", text(entry.focusNode()), path(entry), text(entry.value()),
                            text(entry.sourceConstraintComponent()), text(entry.severity().level())));
                }
                out.println("end");
            } catch (Throwable error) {
                String message = String.valueOf(error.getMessage()).replaceAll("\\s+", " ");
                out.println("refused\t" + error.getClass().getSimpleName() + ": " + message);
            }
        }
        out.flush();
    }

    private static String path(ReportEntry entry) {
        if (entry.resultPath() == null) {
            return "";
        }
        return entry.resultPath() instanceof P_Link link ? text(link.getNode()) : "path";
    }

    private static String text(Node node) {
        if (node == null) {
            return "";
        }
        if (node.isURI()) {
            return "<" + node.getURI() + ">";
        }
        if (node.isBlank()) {
            return "_:";
        }
        String language = node.getLiteralLanguage();
        String kind = language.isEmpty() ? "^^<" + node.getLiteralDatatypeURI() + ">" : "@" + language.toLowerCase();
        return "\"" + node.getLiteralLexicalForm() + "\"" + kind;
    }
}
