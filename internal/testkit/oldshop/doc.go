// Package oldshop makes the database that a fence company had before: the seed's six tables as people's programs left
// them. Dates as texts, money as doubles and as texts with dollar signs, keys that are whole numbers here and UUIDs
// there, a table without a key and one without even an id, rows that stand twice, references to nothing, NULLs, wrong
// phones, ZIPs and mails, columns that nobody else has, a half-run conversion's org_id.
//
// Owns: the tables and rows, made from a seed, and the count of what was planted. Does not own: what is made of them.
package oldshop
