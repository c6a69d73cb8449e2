package app_test

import (
	"strings"
	"testing"
)

// TestAuditVerifyNamesTheFirstWrongEntry is S41 at the command line: a good log is told, a changed one is refused
// with the entry, and a company that does not exist is no good log.
func TestAuditVerifyNamesTheFirstWrongEntry(t *testing.T) {
	t.Parallel()
	i := newInstallation(t)
	p := i.serve(t)
	slug, got, err := p.signUp(p.client(), "audited", "Audited Fence")
	if err != nil || slug == "" {
		t.Fatalf("sign up: %s, %v", got, err)
	}
	out, errs, code := i.says(t, "audit", "verify", "--org", slug)
	if code != 0 || !strings.Contains(out, "Audited Fence: ") || !strings.Contains(out, "each follows the one before") {
		t.Errorf("a good log: %d %s%s", code, out, errs)
	}
	b := openBooks(t, i)
	if _, err := b.conn.Exec(t.Context(), `UPDATE app.audit_entries SET content = replace(content, '"platform"', '"homeowner"') WHERE seq = 2
		AND org_id = (SELECT org_id FROM platform.hosts WHERE host = $1)`, slug); err != nil {
		t.Fatal(err)
	}
	_, errs, code = i.says(t, "audit", "verify", "--org", slug)
	wantSentence(t, "a changed log", errs, code, "entry 2", "does not hold")
	_, errs, code = i.says(t, "audit", "verify", "--org", "nobody")
	wantSentence(t, "a company of nobody", errs, code, "nobody")
}
