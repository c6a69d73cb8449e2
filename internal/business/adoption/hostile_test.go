package adoption_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"fenceplatform.com/fence/internal/business/adoption"
	"fenceplatform.com/fence/internal/testkit"
	"fenceplatform.com/fence/internal/testkit/oldshop"
)

// nasty are texts that look like something and are not, and some that are.
var nasty = []string{"", " ", "NaN", "Infinity", "-Infinity", "1e308", "1e99", "-0", "0x1F", "1_000", "(1)", "$-5", "--1", "9999999999999999999999", "2024-02-30",
	"infinity", "-infinity", "4713-01-01 BC", "99999-01-01",
	`{"a":"\u0000"}`, `{"a":1e999}`, `{"\ud800":1}`, `[[[[`, `{}`, `{"a":{"b":[1,2,{"c":null}]}}`,
	"\u202e\u2066", "\ufeff", "\u00a0", "t", "f", "yes", "won", "lost", "merged", "held", "cancelled", "pending", "a@b.example", "+15125550143", "78701", "TX", "row:1", "1#2", strings.Repeat("é", 11_000), "e\u0301", "👩‍👩‍👧",
}

// hostile is a text as no form would let it in.
func hostile(r *rand.Rand) any {
	switch r.IntN(4) {
	case 0:
		return nil
	case 1:
		return nasty[r.IntN(len(nasty))]
	}
	var b strings.Builder
	for range r.IntN(40) {
		c := rune(1 + r.IntN(0x2FF))
		if r.IntN(5) == 0 {
			c = rune(1 + r.IntN(utf8.MaxRune))
		}
		if utf8.ValidRune(c) {
			b.WriteRune(c)
		}
	}
	return b.String()
}

// TestAnyTextComesIn fills every column that we look for with texts that fit nothing. Each is taken or refused by itself:
// no row stops the run, and what is here is what was judged.
func TestAnyTextComesIn(t *testing.T) {
	t.Parallel()
	b, shop := setup(t), oldshop.Empty(t)
	r := rand.New(rand.NewPCG(22, 4711))
	for table, columns := range map[string]string{
		"customers":         "id name first_name last_name company email phone notes street unit city state zip archived status created_at updated_at other",
		"leads":             "id name first_name email phone street city zip status source message length_ft budget lost_reason customer_id first_responded_at closed_at created_at updated_at other",
		"appointments":      "id kind status title notes address lead_id customer_id starts_at ends_at minutes cancelled_at cancel_reason created_at other",
		"quotes":            "id number status title notes customer_id lead_id subtotal discount tax total valid_until sent_at decided_at created_at other",
		"roi_calculations":  "id kind title customer_id quote_id inputs assumptions outputs invested return_pct payback_years created_at other",
		"pricing_approvals": "id quote_id status metric discount amount level reason answer requested_name decided_name requested_at decided_at other",
	} {
		names := strings.Fields(columns)
		shop.Exec(t, fmt.Sprintf("CREATE TABLE %s (%s text, \"Weird \"\"column\"\" \x1b[31m\" text)", table, strings.Join(names, " text, ")))
		for n := range 250 {
			values := make([]any, len(names)+1)
			places := make([]string, len(values))
			for i := range values {
				values[i], places[i] = hostile(r), fmt.Sprintf("$%d", i+1)
			}
			if n%2 == 0 {
				values[0] = fmt.Sprint(n) // so that some refer to some
			}
			for i, name := range names {
				if n%3 == 0 && strings.HasSuffix(name, "_id") || n%3 == 0 && name == "starts_at" {
					values[i] = fmt.Sprint(r.IntN(250))
					if name == "starts_at" {
						values[i] = "2024-03-05"
					}
				}
			}
			shop.Exec(t, fmt.Sprintf("INSERT INTO %s VALUES (%s)", table, strings.Join(places, ", ")), values...)
		}
	}
	b.Untouched(t, testkit.B, func() {
		sum, report := b.adopt(t, input(shop.Owner()))
		wantEqual(t, sum)
		if n := int64(len(report)) - 1; n != 6*250 {
			t.Errorf("%d rows were judged, want %d", n, 6*250)
		}
		for _, s := range sum.Tables {
			if s.Taken+s.Changed == 0 {
				t.Errorf("%s: none was taken", s.Table)
			}
			if strings.Contains(strings.Join(s.Extra, ""), "\x1b") {
				t.Errorf("%s: a column's name reaches the terminal as it is", s.Table)
			}
		}
	})
}

// A database of encoding SQL_ASCII holds whatever bytes programs sent, in texts and in keys.
func TestBytesThatAreNoLettersComeIn(t *testing.T) {
	t.Parallel()
	b, shop := setup(t), oldshop.Encoded(t, "SQL_ASCII")
	shop.Exec(t, `CREATE TABLE customers (id text PRIMARY KEY, name text, notes text, color text);
		INSERT INTO customers SELECT E'key\xff' || n, E'Jos\xe9 ' || n, 'Zaun', E'gr\xfcn' FROM generate_series(1, 600) n`)
	sum, report := b.adopt(t, input(shop.Owner()))
	wantEqual(t, sum)
	if len(report) != 601 || report[1].Outcome != adoption.Changed || sum.Written != 600 {
		t.Errorf("%d lines, %+v, %d written", len(report), report[1], sum.Written)
	}
	if n := testkit.Value[int](t, b.Database, "SELECT count(*)::int FROM app.customers WHERE name LIKE 'Jos %' AND extra->>'color' = E'gr\uFFFDn' AND extra->>'name' LIKE E'Jos\uFFFD %'"); n != 600 {
		t.Errorf("%d customers have their name and what was left of it, want 600", n)
	}
}
