// Package customers is the pages of customers and their properties: list, record, forms, archive and undo.
//
// Owns: these pages. Does not own: the operations (crm), what stands on a property (sketches, quotes).
package customers
