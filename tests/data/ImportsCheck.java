import java.io.File;
import org.semanticweb.owlapi.apibinding.OWLManager;
import org.semanticweb.owlapi.model.IRI;
import org.semanticweb.owlapi.model.OWLOntology;
import org.semanticweb.owlapi.model.OWLOntologyManager;
import org.semanticweb.owlapi.profiles.OWL2DLProfile;
import org.semanticweb.owlapi.profiles.OWLProfileViolation;
import org.semanticweb.owlapi.util.SimpleIRIMapper;

/** Loads a file with what it imports, by pairs of IRI and file, and prints how much it has read and what is not in OWL 2 DL. */
public class ImportsCheck {
    public static void main(String[] arguments) throws Exception {
        OWLOntologyManager manager = OWLManager.createOWLOntologyManager();
        for (int at = 1; at < arguments.length; at += 2) {
            manager.addIRIMapper(new SimpleIRIMapper(IRI.create(arguments[at]), IRI.create(new File(arguments[at + 1]))));
        }
        OWLOntology ontology = manager.loadOntologyFromOntologyDocument(new File(arguments[0]));
        int axioms = 0;
        for (OWLOntology part : ontology.getImportsClosure()) {
            axioms += part.getAxiomCount();
        }
        System.out.println("parts\t" + ontology.getImportsClosure().size());
        System.out.println("axioms\t" + axioms);
        for (OWLProfileViolation violation : new OWL2DLProfile().checkOntology(ontology).getViolations()) {
            System.out.println("DL\t" + violation.toString().replaceAll("\\s+", " "));
        }
    }
}
