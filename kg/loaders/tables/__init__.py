"""Tables of firms and the like, by a map in the words of case files, to lines of N-Triples: columns in, columns out."""
