package api

import (
	"fmt"
	"net/url"
	"slices"
	"sync"
	"testing"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/testkit"
)

func TestAMergePatchClearsWithNull(t *testing.T) {
	t.Parallel()
	w := setup(t)
	path := "/v1/customers/" + testkit.A.Customer().String()
	got := read[Customer](t, w.as(t, "PATCH", path, `{"phone":null,"company":"Ruiz LLC"}`, "If-Match", `"1"`, "Content-Type", "application/merge-patch+json"), 200)
	if got.Phone != "" || got.Company != "Ruiz LLC" || got.Email != "dana@a.example" || got.Notes != "Call after six" || got.Version != 2 {
		t.Errorf("patched: %+v", got)
	}
	wantProblem(t, w.as(t, "PATCH", path, `{"name":null}`, "If-Match", `"2"`), 422, "invalid-input", "/name")
	if again := read[Customer](t, w.as(t, "PATCH", path, `{}`, "If-Match", `"2"`), 200); again.Version != 2 {
		t.Errorf("an empty patch made version %d", again.Version)
	}
	where := "/v1/properties/" + testkit.A.Property().String()
	if p := read[property](t, w.as(t, "PATCH", where, `{"has_dog":true,"notes":null}`, "If-Match", `"1"`), 200); !p.HasDog || p.Notes != "" || p.Street != "12 Oak St" {
		t.Errorf("patched: %+v", p)
	}
}

func TestTheSecondOfTwoWritersLosesNothing(t *testing.T) {
	t.Parallel()
	w := setup(t)
	path := "/v1/customers/" + testkit.A.Customer().String()
	read[Customer](t, w.as(t, "PATCH", path, `{"notes":"first"}`, "If-Match", `"1"`), 200)
	second := w.as(t, "PATCH", path, `{"notes":"second"}`, "If-Match", `"1"`)
	wantProblem(t, second, 412, "version-stale")
	if _, _, facts := problemOf(t, second); facts[currentVersion] != 2.0 {
		t.Errorf("problem %s, want current_version 2", second.body)
	}
	got := w.as(t, "GET", path, "")
	if c := read[Customer](t, got, 200); c.Notes != "first" || got.header.Get("ETag") != `"2"` {
		t.Errorf("kept %+v with ETag %s", c, got.header.Get("ETag"))
	}
}

func TestPagesSurviveInserts(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for i := range 7 {
		read[createdCustomer](t, w.as(t, "POST", "/v1/customers", fmt.Sprintf(`{"name":"Customer %d"}`, i)), 201)
	}
	var names []string
	next := ""
	for {
		page := read[customerPage](t, w.as(t, "GET", "/v1/customers?limit=3&cursor="+url.QueryEscape(next), ""), 200)
		for _, c := range page.Items {
			names = append(names, c.Name)
		}
		read[createdCustomer](t, w.as(t, "POST", "/v1/customers", `{"name":"Latecomer"}`), 201)
		if page.NextCursor == nil {
			break
		}
		next = *page.NextCursor
	}
	want := []string{"Customer 6", "Customer 5", "Customer 4", "Customer 3", "Customer 2", "Customer 1", "Customer 0", "Dana Ruiz"}
	if !slices.Equal(names, want) {
		t.Errorf("pages give %v, want %v", names, want)
	}
	wantProblem(t, w.as(t, "GET", "/v1/customers?status=archived&cursor="+url.QueryEscape(next), ""), 422, "invalid-input", "/cursor")
}

func TestListsAreFiltered(t *testing.T) {
	t.Parallel()
	w := setup(t)
	made := read[createdCustomer](t, w.as(t, "POST", "/v1/customers", `{"name":"Ana Li","property":{"street":"77 Elm St","zip":"78701"}}`), 201)
	if made.Property == nil || made.Property.City != "Austin" || made.Property.CustomerID != made.ID {
		t.Errorf("made with %+v", made.Property)
	}
	read[Customer](t, w.as(t, "POST", "/v1/customers/"+made.ID.String()+"/archive", ""), 200)
	for query, want := range map[string]string{"": "Dana Ruiz", "?status=active": "Dana Ruiz", "?status=archived": "Ana Li", "?q=512-555-0143": "Dana Ruiz", "?status=archived&q=77+elm": "Ana Li"} {
		page := read[customerPage](t, w.as(t, "GET", "/v1/customers"+query, ""), 200)
		if len(page.Items) != 1 || page.Items[0].Name != want {
			t.Errorf("%s lists %+v, want %s", query, page.Items, want)
		}
	}
	wantProblem(t, w.as(t, "PATCH", "/v1/customers/"+made.ID.String(), `{"name":"X"}`, "If-Match", `"2"`), 409, "customer-archived")
}

func TestTheSamePostAtOnceMakesOne(t *testing.T) {
	t.Parallel()
	w := setup(t)
	token := w.token(t, testkit.A, identity.Owner)
	var all sync.WaitGroup
	answers := make([]response, 5)
	for i := range answers {
		all.Go(func() {
			answers[i] = w.send(t, request{method: "POST", path: "/v1/customers", token: token, body: `{"name":"Once"}`, header: map[string]string{"Idempotency-Key": "at once"}})
		})
	}
	all.Wait()
	made := map[string]bool{}
	for _, got := range answers {
		switch got.status {
		case 201:
			made[got.body] = true
		case 409:
			wantProblem(t, got, 409, "request-in-flight")
		default:
			t.Errorf("got %d %s", got.status, got.body)
		}
	}
	if n := testkit.Value[int](t, w.Database, `SELECT count(*)::int FROM app.customers WHERE name = 'Once'`); n != 1 || len(made) != 1 {
		t.Errorf("%d customers and %d answers, want one of each", n, len(made))
	}
}

func TestTextsComeBackAsTheyWereSent(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for _, name := range []string{`<script>alert(1)</script>`, `O'Brien & "Sons" \ Co`, "مريم", "😀 fence", "two\u2028lines"} {
		body := `{"name":` + string(appendText(nil, name)) + `,"notes":"one\ntwo\tthree"}`
		made := read[createdCustomer](t, w.as(t, "POST", "/v1/customers", body), 201)
		again := read[Customer](t, w.as(t, "GET", "/v1/customers/"+made.ID.String(), ""), 200)
		if again.Name != name || again.Notes != "one\ntwo\tthree" {
			t.Errorf("sent %q, got %q and %q", name, again.Name, again.Notes)
		}
	}
}
