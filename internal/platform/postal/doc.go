// Package postal knows places of the United States by their ZIP: city, state, county, time zone, position.
//
// Owns: reading a ZIP and a state as typed, the table of ZIPs in memory, the time zone of a state.
// Does not own: where the table comes from (the program that starts hands its bytes to Load), addresses of
// people (crm).
//
// A ZIP is a mail route and not an area: a few cross the line of a state or of a time zone. The table names
// the place of the post office, and what a person typed is never overwritten by it.
package postal
