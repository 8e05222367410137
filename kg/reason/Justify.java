import java.io.File;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.semanticweb.HermiT.Reasoner;
import org.semanticweb.owlapi.apibinding.OWLManager;
import org.semanticweb.owlapi.io.RDFXMLOntologyFormat;
import org.semanticweb.owlapi.model.IRI;
import org.semanticweb.owlapi.model.OWLAxiom;
import org.semanticweb.owlapi.model.OWLDataFactory;
import org.semanticweb.owlapi.model.OWLDeclarationAxiom;
import org.semanticweb.owlapi.model.OWLOntology;
import org.semanticweb.owlapi.model.OWLOntologyManager;

/**
 * Writes a smallest set of axioms that contradict each other: without any one of them the others have a model.
 *
 * Arguments: the ontology, the file to write, and, to learn why a class can have no member, the IRI of the class.
 * The search is QuickXplain (Junker, AAAI 2004): of a set that is at fault, halves are left out as long as the fault remains.
 */
public class Justify {
    private static final OWLOntologyManager MANAGER = OWLManager.createOWLOntologyManager();
    private static final Set<OWLAxiom> ALWAYS = new HashSet<>();

    public static void main(String[] arguments) throws Exception {
        OWLOntology ontology = MANAGER.loadOntologyFromOntologyDocument(new File(arguments[0]));
        List<OWLAxiom> axioms = new ArrayList<>();
        for (OWLAxiom axiom : ontology.getAxioms()) {
            if (axiom instanceof OWLDeclarationAxiom) {
                ALWAYS.add(axiom);
            } else if (axiom.isLogicalAxiom()) {
                axioms.add(axiom);
            }
        }
        MANAGER.removeOntology(ontology);
        if (arguments.length > 2) {
            OWLDataFactory factory = MANAGER.getOWLDataFactory();
            ALWAYS.add(factory.getOWLClassAssertionAxiom(
                factory.getOWLClass(IRI.create(arguments[2])), factory.getOWLNamedIndividual(IRI.create("urn:x-motkg:member"))));
        }
        if (!contradicts(ALWAYS, axioms)) {
            System.out.println("consistent");
            return;
        }
        java.util.Collections.sort(axioms);
        List<OWLAxiom> found = smallest(new ArrayList<OWLAxiom>(), new ArrayList<OWLAxiom>(), axioms);
        OWLOntology justification = MANAGER.createOntology(new HashSet<OWLAxiom>(found));
        MANAGER.saveOntology(justification, new RDFXMLOntologyFormat(), IRI.create(new File(arguments[1])));
        System.out.println("justified\t" + found.size());
    }

    private static List<OWLAxiom> smallest(List<OWLAxiom> kept, List<OWLAxiom> added, List<OWLAxiom> candidates) throws Exception {
        if (!added.isEmpty() && contradicts(ALWAYS, kept)) {
            return new ArrayList<>();
        }
        if (candidates.size() == 1) {
            return candidates;
        }
        int middle = candidates.size() / 2;
        List<OWLAxiom> first = candidates.subList(0, middle);
        List<OWLAxiom> second = candidates.subList(middle, candidates.size());
        List<OWLAxiom> fromSecond = smallest(joined(kept, first), first, second);
        List<OWLAxiom> fromFirst = smallest(joined(kept, fromSecond), fromSecond, first);
        return joined(fromFirst, fromSecond);
    }

    private static List<OWLAxiom> joined(List<OWLAxiom> some, List<OWLAxiom> others) {
        List<OWLAxiom> all = new ArrayList<>(some);
        all.addAll(others);
        return all;
    }

    private static boolean contradicts(Collection<OWLAxiom> some, Collection<OWLAxiom> others) throws Exception {
        Set<OWLAxiom> axioms = new HashSet<>(some);
        axioms.addAll(others);
        OWLOntology ontology = MANAGER.createOntology(axioms);
        Reasoner reasoner = new Reasoner(ontology);
        boolean consistent = reasoner.isConsistent();
        reasoner.dispose();
        MANAGER.removeOntology(ontology);
        return !consistent;
    }
}
