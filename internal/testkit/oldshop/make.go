package oldshop

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// Planted is how many rows of each table there are, and how many of them cannot be taken.
type Planted struct {
	Rows, Bad map[string]int64
}

// All is how many rows there are.
func (p Planted) All() (n int64) {
	for _, rows := range p.Rows {
		n += rows
	}
	return n
}

const tables = `
CREATE TABLE customers (
	id serial PRIMARY KEY, org_id uuid, "firstName" text, "lastName" varchar(200), company_name text, email text, "phoneNumber" text, address text, apt text,
	city text, state text, zip text, status varchar(20), comments text, created_at text, updated_at timestamp, loyalty_tier text, tags text[], balance double precision, preferences json);
CREATE TABLE leads (
	id int, customer_id text, name text, email text, phone text, address text, city text, zip varchar(12), status text, lead_source text, notes text,
	linear_feet text, estimated_value text, created varchar(40), "utmCampaign" text, score real);
CREATE TABLE appointments (
	id uuid PRIMARY KEY, lead_id int, customer_id int, type text, status text, scheduled_at text, duration int, location text, notes text,
	created_at timestamptz, calendar_color text, crew_size smallint, all_day boolean);
CREATE TABLE quotes (
	id uuid, quote_number text, customer_id int, lead_id int, status varchar(30), description text, subtotal real, tax text, total double precision, discount_amount numeric(12, 4),
	valid_until text, sent_at timestamp, accepted_at timestamp, created_at timestamptz NOT NULL DEFAULT now(), line_items jsonb, warranty interval, drawing bytea);
CREATE TABLE roi_calculations (
	customer_id bigint, quote_id text, type text, inputs json, results jsonb, investment text, roi numeric, payback_years text, created_at date, shared_with text);
CREATE TABLE pricing_approvals (
	id int PRIMARY KEY, quote_id uuid, status text, discount_percent text, requested_price numeric, requested_by text, approved_by text, reason text,
	created_at timestamptz, approved_at timestamptz, slack_thread text)`

// Make fills the database of the connection with about so many rows. The same seed makes the same rows.
func Make(ctx context.Context, conn *pgx.Conn, rows int, seed uint64) (Planted, error) {
	m := &maker{Rand: rand.New(rand.NewPCG(seed, 4711)), planted: Planted{Rows: map[string]int64{}, Bad: map[string]int64{}}}
	if _, err := conn.Exec(ctx, tables); err != nil {
		return m.planted, fmt.Errorf("old tables: %w", err)
	}
	for _, t := range []struct {
		name    string
		columns []string
		rows    int
		row     func(n int) []any
	}{
		{"customers", strings.Fields("id org_id firstName lastName company_name email phoneNumber address apt city state zip status comments created_at updated_at loyalty_tier tags balance preferences"), rows * 30 / 100, m.customer},
		{"leads", strings.Fields("id customer_id name email phone address city zip status lead_source notes linear_feet estimated_value created utmCampaign score"), rows * 20 / 100, m.lead},
		{"appointments", strings.Fields("id lead_id customer_id type status scheduled_at duration location notes created_at calendar_color crew_size all_day"), rows * 15 / 100, m.appointment},
		{"quotes", strings.Fields("id quote_number customer_id lead_id status description subtotal tax total discount_amount valid_until sent_at accepted_at created_at line_items warranty drawing"), rows * 20 / 100, m.quote},
		{"roi_calculations", strings.Fields("customer_id quote_id type inputs results investment roi payback_years created_at shared_with"), rows * 8 / 100, m.calculation},
		{"pricing_approvals", strings.Fields("id quote_id status discount_percent requested_price requested_by approved_by reason created_at approved_at slack_thread"), rows * 7 / 100, m.approval},
	} {
		n := 0
		made, err := conn.CopyFrom(ctx, pgx.Identifier{t.name}, t.columns, pgx.CopyFromFunc(func() ([]any, error) {
			if n++; n > t.rows {
				return nil, nil
			}
			return t.row(n), nil
		}))
		if err != nil {
			return m.planted, fmt.Errorf("old %s: %w", t.name, err)
		}
		m.planted.Rows[t.name] = made
	}
	// The driver has no binary form of the type money.
	_, err := conn.Exec(ctx, "ALTER TABLE pricing_approvals ALTER requested_price TYPE money; ANALYZE")
	return m.planted, err
}

// maker makes rows. What it made before is what later rows refer to.
type maker struct {
	*rand.Rand
	planted          Planted
	customers, leads int
	quotes           []string
	last             []any // the row before, for rows that stand twice
}

// sometimes is true in so many of a thousand cases.
func (m *maker) sometimes(perMille int) bool { return m.IntN(1000) < perMille }

func (m *maker) one(of ...string) string { return of[m.IntN(len(of))] }

// or is the value, or nothing in so many of a thousand cases.
func (m *maker) or(perMilleNull int, v any) any {
	if m.sometimes(perMilleNull) {
		return nil
	}
	return v
}

var epoch = time.Date(2019, 3, 1, 14, 0, 0, 0, time.UTC)

func (m *maker) moment() time.Time {
	return epoch.Add(time.Duration(m.IntN(6*365*24*60)) * time.Minute)
}

// date is a time as a text, in one of the ways that people write it, and now and then as nobody can read it.
func (m *maker) date() any {
	at := m.moment()
	switch {
	case m.sometimes(20):
		return nil
	case m.sometimes(10):
		return m.one("soon", "0000-00-00", "31/31/2021", "next Tuesday", "-infinity")
	}
	return at.Format(m.one("2006-01-02 15:04:05", "01/02/2006", "1/2/06", "2006-01-02T15:04:05Z", "Jan 2, 2006", "1/2/2006 3:04 PM"))
}

func (m *maker) phone() any {
	a, b, c := 201+m.IntN(700), 200+m.IntN(799), m.IntN(10_000)
	switch {
	case m.sometimes(80):
		return nil
	case m.sometimes(40):
		return m.one("555-1234", "call the office", "0000000000", "+44 20 7946 0958", "512-555-01", "(512) 555-0143 ext 12", "n/a", "")
	}
	return fmt.Sprintf(m.one("%d-%d-%04d", "(%d) %d-%04d", "%d.%d.%04d", "+1%d%d%04d", "1 %d %d %04d", "%d%d%04d"), a, b, c)
}

func (m *maker) email(n int) any {
	switch {
	case m.sometimes(100):
		return nil
	case m.sometimes(30):
		return m.one("none", "a@b", "dana@", "two@x.example, three@x.example", "\u202Eevil@x.example", " ")
	}
	return fmt.Sprintf(m.one("person%d@mail.example", "Person.%d@MAIL.example", "p%d@shop.example"), n-m.IntN(min(n, 3)))
}

func (m *maker) zip() any {
	switch {
	case m.sometimes(30):
		return nil
	case m.sometimes(30):
		return m.one("7870", "ABCDE", "787011", "K1A 0B1", "0")
	}
	return fmt.Sprintf(m.one("%05d", "%05d-1234", "%05d "), m.IntN(3)*9000+m.one2(78701, 10001))
}

func (m *maker) one2(a, b int) int {
	if m.sometimes(500) {
		return a
	}
	return b
}

// dollars is money as a text.
func (m *maker) dollars(n int) any {
	switch {
	case m.sometimes(50):
		return nil
	case m.sometimes(20):
		return m.one("TBD", "call", "1.234,50", "-", "$", "12k")
	}
	return fmt.Sprintf(m.one("%d.%02d", "$%d.%02d", "%d.%02d USD", " %d.%02d"), n, m.IntN(100))
}

// words is a text, and now and then one that programs trip over.
func (m *maker) words() any {
	switch {
	case m.sometimes(300):
		return nil
	case m.sometimes(30):
		return m.one("a\x01b\x1fc", "line one\r\nline two\ttabbed", "<script>alert(1)</script>", "'; DROP TABLE customers; --", "=HYPERLINK(\"x\")", "\u202Ereversed", strings.Repeat("long ", 3000), "Zaun für Ωμέγα 🪵")
	}
	return m.one("Gate sticks in winter", "Dog in the yard", "Prefers mornings", "HOA needs a drawing", "Paid by check")
}

func (m *maker) name() string {
	return m.one("Dana", "Lee", "Priya", "José", "Mary-Ann", "Zoë", "Bob", "Ng", "O'Neil", "Ünal") + m.one("", "", "", " ", "-Lee")
}

// again is the row before once more, as a table without a key allows.
func (m *maker) again(perMille int, row func() []any) (r []any, twin bool) {
	if m.last != nil && m.sometimes(perMille) {
		return m.last, true
	}
	m.last = row()
	return m.last, false
}
