"""The PLOVER ontology as data: types, modes, contexts, sectors, and a loader that refuses what cannot be meant."""

from dragoman.ontology.plover import Mode, Ontology, Type, load_ontology

__all__ = ["Mode", "Ontology", "Type", "load_ontology"]
