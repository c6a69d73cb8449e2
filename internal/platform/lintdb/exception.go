package lintdb

import "slices"

// Exception is a finding that was looked at and is meant to be so.
type Exception struct {
	Rule, Object, Why string
}

// Exceptions are all of them. One that no finding needs any more fails a test.
func Exceptions() []Exception { return slices.Clone(exceptions) }

var exceptions = []Exception{
	{"fk-cascade", "app.pricing_zone_members.pricing_zone_members_zone_fk", "the members are a part of their zone, which is edited as one list"},
	{"index-leakproof", "app.customers_search", "only app.search_customers uses it, which runs as fence_search and names the organization itself"},
	{"definer-bypass", "app.search_customers(text[],text,timestamp with time zone,uuid,integer)", "the search itself: says org_id = app.org_id(), returns ids only"},
	{"backup-rights", "vault.keys", "keys are in no backup: fence migrate up installs them in a restored database"},
	{"function-public", "app.context_form()", "it says a word about the server, and nothing of anybody"},
	{"function-public", "app.org_id()", "the wall asks it in the name of every role; it answers only what was entered"},
	{"function-public", "app.no_organization()", "it is what app.org_id() says where nothing was entered"},
	{"definer-public", "app.org_id()", "the same, in the form of the context that each table verifies"},
}

func excepted(f Finding) bool {
	return slices.ContainsFunc(exceptions, func(e Exception) bool { return e.Rule == f.Rule && e.Object == f.Object })
}
