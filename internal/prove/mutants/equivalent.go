package mutants

// equivalent are mutants that nobody can notice, each with the argument. The list is to stay tiny.
var equivalent = map[string]string{
	"permission crew gets data.export":           "what is exported is the log, and reading that takes audit.read, which crew has not",
	"permission accountant gets prices.override": "a price is overridden in a draft, and accountants may not write one",
}

// Equivalent is why a mutant cannot be noticed; empty: it can.
func Equivalent(m Mutant) string { return equivalent[m.Kind+" "+m.Name] }
