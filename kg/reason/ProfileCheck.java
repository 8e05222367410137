import java.io.File;
import java.util.LinkedHashMap;
import java.util.Map;
import org.semanticweb.owlapi.apibinding.OWLManager;
import org.semanticweb.owlapi.model.OWLOntology;
import org.semanticweb.owlapi.profiles.OWL2DLProfile;
import org.semanticweb.owlapi.profiles.OWL2RLProfile;
import org.semanticweb.owlapi.profiles.OWLProfile;
import org.semanticweb.owlapi.profiles.OWLProfileViolation;

/**
 * Prints one line for each way in which an ontology leaves OWL 2 DL or OWL 2 RL, profile and reason parted by a tab, and last
 * the number of axioms read, so that an ontology that was not read cannot pass.
 */
public class ProfileCheck {
    public static void main(String[] arguments) throws Exception {
        OWLOntology ontology = OWLManager.createOWLOntologyManager().loadOntologyFromOntologyDocument(new File(arguments[0]));
        Map<String, OWLProfile> profiles = new LinkedHashMap<>();
        profiles.put("DL", new OWL2DLProfile());
        profiles.put("RL", new OWL2RLProfile());
        for (Map.Entry<String, OWLProfile> profile : profiles.entrySet()) {
            for (OWLProfileViolation violation : profile.getValue().checkOntology(ontology).getViolations()) {
                String reason = violation.toString().replaceAll(" in OntologyID\\(.*", "").replaceAll("\\s+", " ");
                System.out.println(profile.getKey() + "\t" + reason);
            }
        }
        System.out.println("axioms\t" + ontology.getAxiomCount());
    }
}
