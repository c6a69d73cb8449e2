package lintdb

import "strings"

// quoteTwice doubles the quotes of a text that becomes a literal.
func quoteTwice(s string) string { return strings.ReplaceAll(s, "'", "''") }
