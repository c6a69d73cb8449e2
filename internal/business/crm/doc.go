// Package crm keeps a company's customers and their properties. Money lives with the customer, the fence lives
// at the property.
//
// Owns: customers and properties, what may be written into them, the one search box, the order and the pages
// of the list.
// Does not own: what is drawn, quoted or built at a property (quoting, fieldwork), which ZIP lies where
// (platform/postal), how records are shown (ui, api).
//
// Words: a customer is a person or company that pays; a property is a place where a fence stands; a folder is a
// customer with all of its properties. Archived means out of sight and unchangeable until it is restored; nothing
// is ever deleted.
//
// Invariants: whoever changes anything in a folder holds its customer's row, so the versions and the search text
// are never raced; search_text is always the folded text of the customer and its properties that are not
// archived; text is kept as typed but for its ends, its line breaks and its normal form (NFC); a record of another
// organization and one that does not exist give the same fault.
package crm
