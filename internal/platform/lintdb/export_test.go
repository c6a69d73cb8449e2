package lintdb

import "strings"

// FindAll is Find without exceptions.
var FindAll = findAll

// Rewritten is the rule with another piece of SQL, and false when it has no such piece.
func Rewritten(r Rule, piece, by string) (Rule, bool) {
	had := strings.Contains(r.sql, piece)
	r.sql = strings.ReplaceAll(r.sql, piece, by)
	return r, had
}

// RolesKnown are name and attributes of the roles that the rules know, in order.
func RolesKnown() (all [][2]string) {
	for _, r := range roles {
		all = append(all, [2]string{r.name, r.attributes})
	}
	return all
}
