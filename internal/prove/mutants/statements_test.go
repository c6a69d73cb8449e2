package mutants

import "testing"

func TestOneClaimIsTakenOut(t *testing.T) {
	t.Parallel()
	const sql = "SELECT FROM app.quotes q JOIN app.jobs j ON j.org_id = $1 WHERE q.org_id = $1 AND q.id = $2"
	if n := claims(sql); n != 2 {
		t.Fatalf("%d claims, want 2", n)
	}
	for n, want := range map[int]string{
		0:  "SELECT FROM app.quotes q JOIN app.jobs j ON ($1::uuid IS NOT NULL) WHERE q.org_id = $1 AND q.id = $2",
		1:  "SELECT FROM app.quotes q JOIN app.jobs j ON j.org_id = $1 WHERE ($1::uuid IS NOT NULL) AND q.id = $2",
		-1: "SELECT FROM app.quotes q JOIN app.jobs j ON ($1::uuid IS NOT NULL) WHERE ($1::uuid IS NOT NULL) AND q.id = $2",
	} {
		if got := without(sql, n); got != want {
			t.Errorf("%d: %s", n, got)
		}
	}
}

func TestWhatNobodySendsIsTold(t *testing.T) {
	t.Parallel()
	texts, err := Unrun("../../business/crm", nil)
	if err != nil || len(texts) < 5 {
		t.Errorf("%d texts, %v; want those of customers and properties", len(texts), err)
	}
}
