package payment_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/business/notify"
	"fenceplatform.com/fence/internal/business/payment"
	"fenceplatform.com/fence/internal/business/quoting"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/money"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/tasks"
	"fenceplatform.com/fence/internal/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Main(m)) }

type world struct {
	*testkit.Database
	payments *payment.Service
}

func setup(t *testing.T) world {
	t.Helper()
	d := testkit.NewDatabase(t)
	queue, err := tasks.NewQueue()
	if err != nil {
		t.Fatal(err)
	}
	site, err := tenancy.NewSite("http://fence.localhost:8080")
	if err != nil {
		t.Fatal(err)
	}
	return world{d, &payment.Service{DB: d.App, Notify: &notify.Service{DB: d.App, Queue: queue, Site: site}}}
}

func (w world) actor(t *testing.T, o testkit.Org, allowed ...tenancy.Permission) tenancy.Actor {
	t.Helper()
	a, err := tenancy.InTask(t.Context(), w.App, o.ID)
	if err != nil {
		t.Fatal(err)
	}
	return a.As(tenancy.Person, o.Accountant(), "Ada Accountant", "accountant", allowed)
}

func (w world) accountant(t *testing.T, o testkit.Org) tenancy.Actor {
	t.Helper()
	return w.actor(t, o, tenancy.PaymentsRead, tenancy.PaymentsRecord, tenancy.DataExport)
}

// signed plants one more acceptance of the fixture's kind, with a deposit.
func (w world) signed(t *testing.T, o testkit.Org, deposit money.Cents) id.ID {
	t.Helper()
	quote, version, option, acceptance := id.New(), id.New(), id.New(), id.New()
	for _, sql := range []string{
		`INSERT INTO app.quotes SELECT (jsonb_populate_record(q, jsonb_build_object('id', $2::text, 'number', $5::text))).* FROM app.quotes q WHERE org_id = $1 AND id = $6`,
		`INSERT INTO app.quote_versions SELECT (jsonb_populate_record(v, jsonb_build_object('id', $3::text, 'quote_id', $2::text))).* FROM app.quote_versions v WHERE org_id = $1 AND quote_id = $6`,
		`INSERT INTO app.quote_options SELECT (jsonb_populate_record(o, jsonb_build_object('id', $4::text, 'version_id', $3::text))).* FROM app.quote_options o
			JOIN app.quote_versions v ON v.org_id = o.org_id AND v.id = o.version_id WHERE o.org_id = $1 AND v.quote_id = $6`,
		`INSERT INTO app.acceptances SELECT (jsonb_populate_record(a, jsonb_build_object('id', $7::text, 'quote_id', $2::text, 'version_id', $3::text, 'option_id', $4::text, 'deposit_cents', $8::bigint))).*
			FROM app.acceptances a WHERE org_id = $1 AND quote_id = $6`,
	} {
		w.Exec(t, `WITH given AS (SELECT $1::uuid, $2::text, $3::text, $4::text, $5::text, $6::uuid, $7::text, $8::bigint) `+sql,
			o.ID, quote.String(), version.String(), option.String(), "Q-"+acceptance.String()[24:], o.Quote(), acceptance.String(), int64(deposit))
	}
	return acceptance
}

// addsUp holds a ledger against the sum of its entries.
func (w world) addsUp(t *testing.T, a tenancy.Actor, acceptance id.ID) payment.Ledger {
	t.Helper()
	l, err := w.payments.GetLedger(t.Context(), a, acceptance)
	if err != nil {
		t.Fatal(err)
	}
	var due, received, paid, refunded money.Cents
	for i, e := range l.Entries {
		if e.N != i+1 {
			t.Errorf("entry %d has number %d", i+1, e.N)
		}
		due, received = due+e.DueChange, received+e.ReceivedChange
		switch {
		case e.Kind == payment.Payment && !l.Voided(e.ID):
			paid += e.AmountCents
		case e.Kind == payment.Refund && !l.Voided(e.ID):
			refunded += e.AmountCents
		}
	}
	if due != l.DueCents || received != l.ReceivedCents || paid != l.PaidCents || refunded != l.RefundedCents || l.Version != len(l.Entries) {
		t.Errorf("the ledger says %+v, its entries due %v, received %v, paid %v, refunded %v", l.Standing, due, received, paid, refunded)
	}
	if l.DueCents < 0 || l.DueCents > l.Balance() || l.RefundedCents > l.PaidCents || l.ReceivedCents > l.AgreedCents || l.ReceivedCents < 0 {
		t.Errorf("a ledger that cannot be: %+v", l.Standing)
	}
	return l
}

func TestADepositIsDueBySigningAndPaidByCheck(t *testing.T) {
	t.Parallel()
	w := setup(t)
	acceptance, a := w.signed(t, testkit.A, 150000), w.accountant(t, testkit.A)
	if l := w.addsUp0(t, a, acceptance); l.DueCents != 150000 || l.AgreedCents != 684922 || l.Version != 0 {
		t.Errorf("before anything: %+v", l)
	}
	var e payment.Entry
	var err error
	w.Untouched(t, testkit.B, func() {
		e, err = w.payments.RecordPayment(t.Context(), a, payment.RecordInput{Acceptance: acceptance, AmountCents: 100000, Method: payment.Check, Reference: " 1043 ", Day: "2026-01-07", Receipt: true})
	})
	if err != nil || e.Kind != payment.Payment || e.Reference != "1043" || e.RecordedName != "Ada Accountant" || e.Day.Format(time.DateOnly) != "2026-01-07" {
		t.Fatalf("recorded %+v, %v", e, err)
	}
	l := w.addsUp(t, a, acceptance)
	if l.DueCents != 50000 || l.ReceivedCents != 100000 || l.Balance() != 584922 || len(l.Entries) != 2 || l.Entries[0].Note != "Deposit" {
		t.Errorf("after a check of 1,000: %+v", l)
	}
	mail := testkit.Value[string](t, w.Database, `SELECT recipient || ' ' || subject || ' ' || plain FROM app.mails WHERE org_id = $1 AND kind = 'payment_receipt'`, testkit.A.ID)
	for _, want := range []string{"dana@a.example Payment received: $1,000.00 ", "Check 1043", "Left to pay", "$5,849.22"} {
		if !strings.Contains(mail, want) {
			t.Errorf("the receipt does not say %q: %s", want, mail)
		}
	}
	if did := testkit.Value[string](t, w.Database, `SELECT string_agg(action, ' ') FROM app.audit_entries WHERE org_id = $1 AND record_id = $2`, testkit.A.ID, acceptance); did != "payment.recorded" {
		t.Errorf("the log says %q", did)
	}
}

// A receipt is called a deposit's where it is all of one.
func TestAReceiptSaysWhetherItIsOfTheDeposit(t *testing.T) {
	t.Parallel()
	w := setup(t)
	acceptance, a := w.signed(t, testkit.A, 150000), w.accountant(t, testkit.A)
	w.Untouched(t, testkit.B, func() {
		for _, c := range []money.Cents{50000, 100000, 20000} {
			if c == 20000 {
				if _, err := w.payments.RequestPayment(t.Context(), a, payment.RequestInput{Acceptance: acceptance, AmountCents: c, Note: "Posts are set"}); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := w.payments.RecordPayment(t.Context(), a, payment.RecordInput{Acceptance: acceptance, AmountCents: c, Method: payment.Cash, Receipt: true}); err != nil {
				t.Fatal(err)
			}
		}
	})
	got := testkit.Values[string](t, w.Database, `SELECT subject FROM app.mails WHERE org_id = $1 AND kind = 'payment_receipt' ORDER BY subject`, testkit.A.ID)
	if want := []string{"Deposit received: $1,000.00", "Payment received: $200.00", "Payment received: $500.00"}; !slices.Equal(got, want) {
		t.Errorf("receipts are %q, want %q", got, want)
	}
}

// addsUp0 reads a ledger that nobody has opened.
func (w world) addsUp0(t *testing.T, a tenancy.Actor, acceptance id.ID) payment.Ledger {
	t.Helper()
	l, err := w.payments.GetLedger(t.Context(), a, acceptance)
	if err != nil || len(l.Entries) != 0 {
		t.Fatalf("ledger %+v, %v", l, err)
	}
	return l
}

func TestOpeningALedgerTwiceIsOnce(t *testing.T) {
	t.Parallel()
	w := setup(t)
	acceptance, a := w.signed(t, testkit.A, 150000), w.accountant(t, testkit.A)
	for range 2 {
		if err := w.App.InOrg(t.Context(), a.Tenant(), func(tx *pg.OrgTx) error {
			sale, err := quoting.FindSale(tx, acceptance)
			if err != nil {
				return err
			}
			return payment.OpenLedger(tx, sale)
		}); err != nil {
			t.Fatal(err)
		}
	}
	if l := w.addsUp(t, a, acceptance); len(l.Entries) != 1 || l.DueCents != 150000 {
		t.Errorf("opened twice: %+v", l)
	}
}

func TestWhatIsRefused(t *testing.T) {
	t.Parallel()
	w := setup(t)
	acceptance, a := w.signed(t, testkit.A, 150000), w.accountant(t, testkit.A)
	pay := func(in payment.RecordInput) error {
		if in.Acceptance == id.Nil {
			in.Acceptance = acceptance
		}
		_, err := w.payments.RecordPayment(t.Context(), a, in)
		return err
	}
	for name, c := range map[string]struct {
		in    payment.RecordInput
		field string
	}{
		"nothing":        {payment.RecordInput{Method: payment.Cash}, "/amount_cents"},
		"less":           {payment.RecordInput{AmountCents: -1, Method: payment.Cash}, "/amount_cents"},
		"more than left": {payment.RecordInput{AmountCents: 684923, Method: payment.Cash}, "/amount_cents"},
		"overflow":       {payment.RecordInput{AmountCents: 1 << 62, Method: payment.Cash}, "/amount_cents"},
		"no method":      {payment.RecordInput{AmountCents: 1}, "/method"},
		"shells":         {payment.RecordInput{AmountCents: 1, Method: "shells"}, "/method"},
		"tomorrow":       {payment.RecordInput{AmountCents: 1, Method: payment.Cash, Day: "2098-01-01"}, "/day"},
		"no day":         {payment.RecordInput{AmountCents: 1, Method: payment.Cash, Day: "03/03/2026"}, "/day"},
		"long note":      {payment.RecordInput{AmountCents: 1, Method: payment.Cash, Note: strings.Repeat("x", 501)}, "/note"},
		"two lines":      {payment.RecordInput{AmountCents: 1, Method: payment.Cash, Reference: "1\n2"}, "/reference"},
	} {
		err := pay(c.in)
		if f := fault.As(err); !fault.Is(err, fault.Invalid) || len(f.Fields) != 1 || f.Fields[0].Pointer != c.field {
			t.Errorf("%s: %v, want %s refused", name, err, c.field)
		}
	}
	w.Exec(t, `UPDATE app.customers SET email = '' WHERE org_id = $1`, testkit.A.ID)
	w.Exec(t, `UPDATE app.quote_links SET kind = 'copy', recipient_email = '' WHERE org_id = $1`, testkit.A.ID)
	if err := pay(payment.RecordInput{AmountCents: 1, Method: payment.Cash, Receipt: true}); !fault.Is(err, fault.Invalid) || fault.As(err).Fields[0].Pointer != "/receipt" {
		t.Errorf("a receipt to nobody: %v", err)
	}
	if err := pay(payment.RecordInput{AmountCents: 1, Method: payment.Cash, Version: 7}); fault.As(err).Code != fault.CodeStale {
		t.Errorf("a stale version: %v", err)
	}
	if l := w.addsUp0(t, a, acceptance); l.ReceivedCents != 0 {
		t.Errorf("something was written: %+v", l)
	}
	w.Exec(t, `UPDATE app.organizations SET plan = 'trial', trial_ends_at = '2026-01-10T00:00:00Z' WHERE org_id = $1`, testkit.A.ID)
	a = w.accountant(t, testkit.A)
	if err := pay(payment.RecordInput{AmountCents: 1, Method: payment.Cash}); !fault.Is(err, fault.LimitReached) {
		t.Errorf("read-only: %v", err)
	}
}

// tryAll tries every operation on a ledger and on an entry.
func (w world) tryAll(t *testing.T, a tenancy.Actor, acceptance, entry id.ID) map[string]error {
	t.Helper()
	errs := map[string]error{}
	_, errs["ledger"] = w.payments.GetLedger(t.Context(), a, acceptance)
	_, errs["entry"] = w.payments.GetEntry(t.Context(), a, entry)
	_, errs["record"] = w.payments.RecordPayment(t.Context(), a, payment.RecordInput{Acceptance: acceptance, AmountCents: 1, Method: payment.Cash})
	_, errs["request"] = w.payments.RequestPayment(t.Context(), a, payment.RequestInput{Acceptance: acceptance})
	_, errs["refund"] = w.payments.RecordRefund(t.Context(), a, payment.RefundInput{Payment: entry, AmountCents: 1})
	_, errs["void"] = w.payments.VoidEntry(t.Context(), a, payment.VoidInput{Entry: entry})
	return errs
}

func TestNobodyWithoutTheRightAndNoOtherCompany(t *testing.T) {
	t.Parallel()
	w := setup(t)
	crew, a := w.actor(t, testkit.A, tenancy.JobsRead), w.accountant(t, testkit.A)
	for name, err := range w.tryAll(t, crew, testkit.A.Acceptance(), testkit.A.Payment()) {
		if !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s by the crew: %v", name, err)
		}
	}
	if _, err := w.payments.ListPayments(t.Context(), crew, payment.Filter{}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("list by the crew: %v", err)
	}
	w.Untouched(t, testkit.B, func() {
		for _, foreign := range [][2]id.ID{{testkit.B.Acceptance(), testkit.B.Payment()}, {id.New(), id.New()}} {
			for name, err := range w.tryAll(t, a, foreign[0], foreign[1]) {
				if !fault.Is(err, fault.NotFound) {
					t.Errorf("%s of %v: %v, want not found", name, foreign, err)
				}
			}
		}
		if l, err := w.payments.GetLedger(t.Context(), a, testkit.A.Acceptance()); err != nil || len(l.Entries) != 1 || l.Entries[0].ID != testkit.A.Payment() {
			t.Errorf("A's ledger: %+v, %v", l, err)
		}
		if rec, err := w.payments.GetEntry(t.Context(), a, testkit.A.Payment()); err != nil || rec.Line.ID != testkit.A.Payment() || len(rec.Ledger.Entries) != 1 {
			t.Errorf("A's payment: %+v, %v", rec, err)
		}
		page, err := w.payments.ListPayments(t.Context(), a, payment.Filter{})
		if err != nil || len(page.Lines) != 1 || page.Lines[0].ID != testkit.A.Payment() || strings.Contains(page.Lines[0].CustomerName, testkit.Sentinel) {
			t.Errorf("A's payments: %+v, %v", page.Lines, err)
		}
		w.addsUp(t, a, testkit.A.Acceptance())
		rec, err := w.payments.GetEntry(t.Context(), a, testkit.A.Payment())
		if err != nil || rec.Line.ID != testkit.A.Payment() || rec.Ledger.AcceptanceID != testkit.A.Acceptance() || strings.Contains(fmt.Sprintf("%+v", rec), testkit.Sentinel) {
			t.Errorf("A's entry: %+v, %v", rec, err)
		}
		lines, err := w.payments.ExportPayments(t.Context(), a, payment.Filter{})
		if err != nil || len(lines) != 1 {
			t.Errorf("A's export: %+v, %v", lines, err)
		}
	})
	if _, err := w.payments.ExportPayments(t.Context(), w.actor(t, testkit.A, tenancy.PaymentsRead), payment.Filter{}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("an export without the right: %v", err)
	}
}

func TestRefundsNeverPassThePayment(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := w.accountant(t, testkit.A)
	of := func(c money.Cents) payment.RefundInput {
		return payment.RefundInput{Payment: testkit.A.Payment(), AmountCents: c, Note: "Gate was late"}
	}
	var first payment.Entry
	var err error
	w.Untouched(t, testkit.B, func() { first, err = w.payments.RecordRefund(t.Context(), a, of(60000)) })
	if err != nil || first.Method != payment.Check || first.ReceivedChange != -60000 {
		t.Fatalf("a first refund: %+v, %v", first, err)
	}
	if _, err := w.payments.RecordRefund(t.Context(), a, of(40001)); !fault.Is(err, fault.Invalid) {
		t.Errorf("a cent too much: %v", err)
	}
	if _, err := w.payments.VoidEntry(t.Context(), a, payment.VoidInput{Entry: testkit.A.Payment()}); fault.As(err).Code != "entry-refunded" {
		t.Errorf("voiding what was refunded: %v", err)
	}
	if _, err := w.payments.RecordRefund(t.Context(), a, of(40000)); err != nil {
		t.Errorf("the rest: %v", err)
	}
	if _, err := w.payments.RecordRefund(t.Context(), a, of(1)); !fault.Is(err, fault.Invalid) {
		t.Errorf("beyond all: %v", err)
	}
	w.Untouched(t, testkit.B, func() {
		_, err = w.payments.VoidEntry(t.Context(), a, payment.VoidInput{Entry: first.ID, Reason: "Never sent"})
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.payments.VoidEntry(t.Context(), a, payment.VoidInput{Entry: first.ID}); fault.As(err).Code != "entry-void" {
		t.Errorf("voided twice: %v", err)
	}
	l := w.addsUp(t, a, testkit.A.Acceptance())
	if l.ReceivedCents != 60000 || l.RefundedCents != 40000 || l.DueCents != 0 || l.Refundable(testkit.A.Payment()) != 60000 {
		t.Errorf("in the end %+v", l.Standing)
	}
}

func TestAnUndoneDepositIsDueAgain(t *testing.T) {
	t.Parallel()
	w := setup(t)
	acceptance, a := w.signed(t, testkit.A, 150000), w.accountant(t, testkit.A)
	e, err := w.payments.RecordPayment(t.Context(), a, payment.RecordInput{Acceptance: acceptance, AmountCents: 150000, Method: payment.Cash})
	if err != nil {
		t.Fatal(err)
	}
	var asked payment.Entry
	w.Untouched(t, testkit.B, func() {
		asked, err = w.payments.RequestPayment(t.Context(), a, payment.RequestInput{Acceptance: acceptance})
	})
	if err != nil || asked.AmountCents != 534922 || asked.Note != "Balance" {
		t.Fatalf("asked for %+v, %v", asked, err)
	}
	if _, err := w.payments.RequestPayment(t.Context(), a, payment.RequestInput{Acceptance: acceptance, AmountCents: 1}); !fault.Is(err, fault.Invalid) {
		t.Errorf("asked for more than is left: %v", err)
	}
	if _, err := w.payments.VoidEntry(t.Context(), a, payment.VoidInput{Entry: e.ID}); err != nil {
		t.Fatal(err)
	}
	if l := w.addsUp(t, a, acceptance); l.DueCents != 684922 || l.ReceivedCents != 0 {
		t.Errorf("after the undo %+v", l.Standing)
	}
	if _, err := w.payments.VoidEntry(t.Context(), a, payment.VoidInput{Entry: asked.ID}); err != nil {
		t.Fatal(err)
	}
	if l := w.addsUp(t, a, acceptance); l.DueCents != 150000 {
		t.Errorf("without the request %+v", l.Standing)
	}
}

func TestTheSameKeyRecordsOnce(t *testing.T) {
	t.Parallel()
	w := setup(t)
	acceptance := w.signed(t, testkit.A, 0)
	a := w.accountant(t, testkit.A).WithRequest(tenancy.Request{IdempotencyKey: "press"})
	in := payment.RecordInput{Acceptance: acceptance, AmountCents: 5000, Method: payment.Cash}
	first, err := w.payments.RecordPayment(t.Context(), a, in)
	if err != nil {
		t.Fatal(err)
	}
	again, err := w.payments.RecordPayment(t.Context(), a, in)
	if err != nil || again.ID != first.ID {
		t.Errorf("again: %+v, %v", again, err)
	}
	if l := w.addsUp(t, a, acceptance); l.ReceivedCents != 5000 {
		t.Errorf("received %v", l.ReceivedCents)
	}
}

// Many write to one ledger at once: the sum stays the sum, and nobody passes the balance.
func TestManyPayAtOnce(t *testing.T) {
	t.Parallel()
	w := setup(t)
	acceptance, a := w.signed(t, testkit.A, 150000), w.accountant(t, testkit.A)
	var wg sync.WaitGroup
	for range 12 {
		wg.Go(func() {
			_, err := w.payments.RecordPayment(t.Context(), a, payment.RecordInput{Acceptance: acceptance, AmountCents: 100000, Method: payment.Cash})
			if err != nil && !fault.Is(err, fault.Invalid) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if l := w.addsUp(t, a, acceptance); l.ReceivedCents != 600000 || l.DueCents != 0 {
		t.Errorf("received %v, due %v", l.ReceivedCents, l.DueCents)
	}
}

// Whatever is done in whatever order, by every seed: entries add up to the standing, nothing is due beyond the balance,
// refunds never pass what was paid, no cent comes from nowhere.
func TestAnyCourseOfEntriesAddsUp(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := w.accountant(t, testkit.A)
	for seed := range uint64(12) {
		rng := rand.New(rand.NewPCG(seed, 7))
		acceptance := w.signed(t, testkit.A, money.Cents(rng.IntN(684922)))
		var entries []id.ID
		some := func() id.ID {
			if len(entries) == 0 {
				return id.New()
			}
			return entries[rng.IntN(len(entries))]
		}
		var done []string
		for range 25 {
			amount := money.Cents(rng.IntN(300000))
			var e payment.Entry
			var err error
			kind := rng.IntN(5)
			switch kind {
			case 0, 1:
				e, err = w.payments.RecordPayment(t.Context(), a, payment.RecordInput{Acceptance: acceptance, AmountCents: amount, Method: payment.Methods[rng.IntN(4)]})
			case 2:
				e, err = w.payments.RequestPayment(t.Context(), a, payment.RequestInput{Acceptance: acceptance, AmountCents: amount})
			case 3:
				e, err = w.payments.RecordRefund(t.Context(), a, payment.RefundInput{Payment: some(), AmountCents: amount})
			case 4:
				e, err = w.payments.VoidEntry(t.Context(), a, payment.VoidInput{Entry: some()})
			}
			if err == nil {
				entries = append(entries, e.ID)
				done = append(done, fmt.Sprintf("%s %v", e.Kind, e.AmountCents))
			} else if !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.NotFound) {
				t.Fatalf("seed %d, %v: %v", seed, done, err)
			}
			if len(entries) > 0 {
				w.addsUp(t, a, acceptance)
			}
			if t.Failed() {
				t.Fatalf("seed %d after %v", seed, done)
			}
		}
	}
}

func TestListGoesByDayAndMethod(t *testing.T) {
	t.Parallel()
	w := setup(t)
	acceptance, a := w.signed(t, testkit.A, 150000), w.accountant(t, testkit.A)
	for n, day := range []string{"2026-01-09", "2026-01-08", "2026-01-09", "2026-01-01"} {
		if _, err := w.payments.RecordPayment(t.Context(), a, payment.RecordInput{Acceptance: acceptance, AmountCents: money.Cents(n + 1), Method: payment.Methods[n%2], Day: day}); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	for f := (payment.Filter{Limit: 2}); ; {
		page, err := w.payments.ListPayments(t.Context(), a, f)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range page.Lines {
			got = append(got, l.Day.Format("02")+":"+l.AmountCents.String())
		}
		if f.After = page.Next; f.After == "" {
			break
		}
	}
	if want := "09:$0.03 09:$0.01 08:$0.02 07:$1,000.00 01:$0.04"; strings.Join(got, " ") != want {
		t.Errorf("the list is %v, want %s", got, want)
	}
	page, err := w.payments.ListPayments(t.Context(), a, payment.Filter{Method: payment.Cash, From: "2026-01-02", To: "2026-01-08"})
	if err != nil || len(page.Lines) != 1 || page.Lines[0].AmountCents != 2 {
		t.Errorf("cash of that week: %+v, %v", page.Lines, err)
	}
	for _, f := range []payment.Filter{{Method: "x"}, {From: "x"}, {From: "2026-02-01", To: "2026-01-01"}, {After: "x"}} {
		if _, err := w.payments.ListPayments(t.Context(), a, f); !fault.Is(err, fault.Invalid) {
			t.Errorf("filter %+v: %v", f, err)
		}
	}
	if did := testkit.Value[int](t, w.Database, `SELECT count(*) FROM app.ledger_entries WHERE org_id = $1 AND kind = 'request'`, testkit.A.ID); did != 1 {
		t.Errorf("%d requests", did)
	}
}
