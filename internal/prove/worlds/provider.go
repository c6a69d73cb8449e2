package worlds

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/billing"
	"fenceplatform.com/fence/internal/business/payment"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/money"
	"fenceplatform.com/fence/internal/prove/requests"
)

// provider takes the payments of a world. What it knows is a table of the world's database and its time is the world's,
// so that both worlds, and every copy, get the same answers: nothing is kept in the process.
//
// A page to buy Growth stays open; who opens one of another plan has paid. A page of a homeowner is open until somebody
// asks what became of it: then it was paid.
type provider struct {
	w *World
	t testing.TB

	mu   sync.Mutex
	conn *pgx.Conn
}

// openProvider has the product take payments.
func (w *World) openProvider(t testing.TB) {
	t.Helper()
	w.Exec(t, `CREATE TABLE IF NOT EXISTS platform.prover_provider (id text PRIMARY KEY, customer text NOT NULL, known jsonb NOT NULL)`)
	w.provider = &provider{w: w, t: t}
	w.App.TakePayments(shop{w.provider}, till{w.provider})
}

// hangUp ends the connection to the world's database.
func (p *provider) hangUp() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.conn != nil {
		_ = p.conn.Close(context.Background()) // its database may be gone
		p.conn = nil
	}
}

// row reads a row of one column. Who asks may go away meanwhile; what was asked is done all the same.
func (p *provider) row(dst any, sql string, args ...any) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.conn == nil {
		p.conn = p.w.DB.Superuser(p.t)
	}
	err := p.conn.QueryRow(context.Background(), sql, args...).Scan(dst)
	if errors.Is(err, pgx.ErrNoRows) {
		return fault.Missing()
	}
	return err
}

func (p *provider) now() (at time.Time, err error) {
	err = p.row(&at, `SELECT at FROM platform.prover_clock`)
	return at.UTC(), err
}

func (p *provider) keep(name, customer string, known any) error {
	b, err := json.Marshal(known)
	if err != nil {
		return err
	}
	var kept string
	return p.row(&kept, `INSERT INTO platform.prover_provider (id, customer, known) VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE SET known = excluded.known RETURNING id`, name, customer, b)
}

func known[T any](p *provider, name string) (v T, err error) {
	var b []byte
	if err = p.row(&b, `SELECT known FROM platform.prover_provider WHERE id = $1`, name); err == nil {
		err = json.Unmarshal(b, &v)
	}
	return v, err
}

// shop sells plans. It implements billing.Gateway and billing.Register.
type shop struct{ *provider }

// page is one on which a plan is bought.
type page struct {
	billing.Checkout
	Customer string
}

const payHost = "https://pay.example/"

func priceOf(of plan.Key) money.Cents {
	return map[plan.Key]money.Cents{plan.Starter: 4900, plan.Growth: 14900, plan.Enterprise: 49900}[of]
}

// FindCustomer implements billing.Register.
func (shop) FindCustomer(context.Context, id.ID) (string, error) { return "", nil }

// CreateCustomer implements billing.Register.
func (shop) CreateCustomer(_ context.Context, _ string, c billing.NewCustomer) (string, error) {
	return "cus_" + c.Org.String(), nil
}

// Snapshot implements billing.Provider: of each subscription one invoice was paid.
func (s shop) Snapshot(_ context.Context, q billing.Question) (seen billing.Snapshot, err error) {
	var b []byte
	if err := s.row(&b, `SELECT coalesce(jsonb_agg(known ORDER BY id), '[]') FROM platform.prover_provider WHERE customer = $1 AND id LIKE 'sub\_%'`, q.Customer); err != nil {
		return seen, err
	}
	var all []billing.Contract
	if err := json.Unmarshal(b, &all); err != nil {
		return seen, err
	}
	for _, c := range all {
		seen.Card, seen.CardFingerprint = billing.Card{Brand: "visa", Last4: "4242", ExpMonth: 12, ExpYear: 2040}, "card of "+q.Customer
		seen.Subscriptions = append(seen.Subscriptions, c.Subscription)
		seen.Invoices = append(seen.Invoices, billing.Invoice{ID: "in_" + c.ID, SubscriptionID: c.ID, Number: "F-" + c.ID, Status: billing.Paid, Currency: billing.Currency,
			TotalCents: priceOf(c.Plan), PaidCents: priceOf(c.Plan), Attempts: 1, CreatedAt: c.CreatedAt, FinalizedAt: c.CreatedAt, PageURL: payHost + c.ID, PDFURL: payHost + c.ID + ".pdf"})
	}
	return seen, nil
}

// Offer implements billing.Shop.
func (shop) Offer(_ context.Context, _ string, i billing.Item) (billing.Offer, error) {
	return billing.Offer{Cents: priceOf(i.Plan), ExtraCents: 1900, Currency: billing.Currency}, nil
}

// OpenCheckout implements billing.Shop.
func (s shop) OpenCheckout(_ context.Context, _ string, c billing.NewCheckout) (billing.Checkout, error) {
	made := page{billing.Checkout{ID: "cs_" + c.Act.String(), URL: payHost + c.Act.String(), State: billing.CheckoutOpen, ExpiresAt: c.Expires}, c.Customer}
	if c.Item.Plan != plan.Growth {
		made.State = billing.CheckoutComplete
		now, err := s.now()
		if err != nil {
			return made.Checkout, err
		}
		bought := billing.Contract{Customer: c.Customer, ExtraUsers: c.Item.ExtraUsers, Subscription: plan.Subscription{ID: "sub_" + c.Act.String(), Status: plan.StatusActive,
			Plan: c.Item.Plan, Version: c.Item.Version, CreatedAt: now, PeriodStart: now, PeriodEnd: now.AddDate(0, 1, 0)}}
		if !c.TrialEnd.IsZero() {
			bought.Status, bought.PeriodEnd = plan.StatusTrialing, c.TrialEnd
		}
		if err := s.change(bought); err != nil {
			return made.Checkout, err
		}
	}
	return made.Checkout, s.keep(made.ID, c.Customer, made)
}

// FindCheckout implements billing.Shop.
func (s shop) FindCheckout(ctx context.Context, _ string, act id.ID) (billing.Checkout, error) {
	return s.Checkout(ctx, "cs_"+act.String(), false)
}

// Checkout implements billing.Shop.
func (s shop) Checkout(_ context.Context, checkout string, end bool) (billing.Checkout, error) {
	found, err := known[page](s.provider, checkout)
	if err != nil || !end || found.State != billing.CheckoutOpen {
		return found.Checkout, err
	}
	found.State = billing.CheckoutExpired
	return found.Checkout, s.keep(checkout, found.Customer, found)
}

// Portal implements billing.Portal.
func (shop) Portal(_ context.Context, customer, _ string) (string, error) {
	return payHost + customer, nil
}

func (s shop) change(c billing.Contract) error { return s.keep(c.ID, c.Customer, c) }

// Contract implements billing.Contracts.
func (s shop) Contract(_ context.Context, subscription string) (billing.Contract, error) {
	return known[billing.Contract](s.provider, subscription)
}

// Preview implements billing.Contracts.
func (shop) Preview(_ context.Context, _ billing.Contract, to billing.Item, _ time.Time) (billing.Preview, error) {
	return billing.Preview{Lines: []billing.Line{{Words: "The new plan", Cents: priceOf(to.Plan)}}, Due: priceOf(to.Plan)}, nil
}

// Switch implements billing.Contracts. A trial is over with it.
func (s shop) Switch(_ context.Context, _ string, c billing.Contract, to billing.Item, from time.Time) error {
	c.Plan, c.Version, c.ExtraUsers = to.Plan, to.Version, to.ExtraUsers
	c.Status, c.PeriodStart, c.PeriodEnd = plan.StatusActive, from, from.AddDate(0, 1, 0)
	return s.change(c)
}

// SwitchLater implements billing.Contracts.
func (s shop) SwitchLater(_ context.Context, _ string, c billing.Contract, to billing.Item) error {
	c.Next, c.NextVersion, c.NextAt, c.Schedule = to.Plan, to.Version, c.PeriodEnd, "sched_"+c.ID
	return s.change(c)
}

// SetEnd implements billing.Endings.
func (s shop) SetEnd(_ context.Context, c billing.Contract, atPeriodEnd bool) error {
	c.CancelAtPeriodEnd = atPeriodEnd
	return s.change(c)
}

// EndNow implements billing.Endings.
func (s shop) EndNow(_ context.Context, c billing.Contract) (err error) {
	c.Status = plan.StatusCanceled
	if c.EndedAt, err = s.now(); err != nil {
		return err
	}
	return s.change(c)
}

// DropNext implements billing.Endings.
func (s shop) DropNext(_ context.Context, c billing.Contract) error {
	c.Next, c.NextVersion, c.NextAt, c.Schedule = "", 0, time.Time{}, ""
	return s.change(c)
}

// DropWaiting implements billing.Endings. Here no change waits: each is paid at once.
func (shop) DropWaiting(context.Context, billing.Contract) error { return nil }

// SetSeats implements billing.Seats.
func (s shop) SetSeats(_ context.Context, _ string, c billing.Contract, extra int64, _ billing.Billed) error {
	c.ExtraUsers = extra
	return s.change(c)
}

// till takes the money of homeowners. It implements payment.Accounts and payment.Till.
type till struct{ *provider }

// CreateAccount implements payment.Accounts.
func (till) CreateAccount(_ context.Context, key string, _ payment.NewAccount) (string, error) {
	return "acct_" + key[strings.LastIndex(key, ":")+1:], nil
}

// OnboardingPage implements payment.Accounts.
func (till) OnboardingPage(_ context.Context, account, _, _ string) (string, error) {
	return payHost + account, nil
}

// ReadAccount implements payment.Accounts: whoever connects is ready.
func (till) ReadAccount(context.Context, string) (payment.AccountState, error) {
	return payment.AccountState{DetailsSubmitted: true, ChargesEnabled: true, PayoutsEnabled: true}, nil
}

// OpenCheckout implements payment.Till.
func (t till) OpenCheckout(_ context.Context, _ string, c payment.NewCheckout) (made payment.Checkout, err error) {
	now, err := t.now()
	if err != nil {
		return made, err
	}
	made = payment.Checkout{Session: "cs_" + c.Payment.String(), URL: payHost + c.Payment.String(), ExpiresAt: now.AddDate(0, 0, 1)}
	return made, t.keep(made.Session, c.Account, payment.PaymentState{State: payment.Open, AmountCents: c.AmountCents})
}

// CloseCheckout implements payment.Till.
func (t till) CloseCheckout(_ context.Context, account, session string) error {
	st, err := known[payment.PaymentState](t.provider, session)
	if err != nil || st.State != payment.Open {
		return err
	}
	st.State = payment.Expired
	return t.keep(session, account, st)
}

// ReadPayment implements payment.Till. Of what is paid from a bank it says that it is on its way, and then lets nobody in.
func (t till) ReadPayment(_ context.Context, account, session string) (payment.PaymentState, error) {
	st, err := known[payment.PaymentState](t.provider, session)
	if err == nil && st.State == payment.Processing {
		return st, payment.ErrNoAccess
	}
	if err != nil || st.State != payment.Open {
		return st, err
	}
	if st.AmountCents%10_000 == requests.FromBank {
		st.State, st.Intent = payment.Processing, "pi_"+strings.TrimPrefix(session, "cs_")
		return st, t.keep(session, account, st)
	}
	of := strings.TrimPrefix(session, "cs_")
	st.State, st.Intent, st.Charge, st.Method, st.Ending = payment.Paid, "pi_"+of, "ch_"+of, payment.Card, "4242"
	if st.PaidAt, err = t.now(); err != nil {
		return st, err
	}
	return st, t.keep(session, account, st)
}

// GiveBack implements payment.Till.
func (t till) GiveBack(_ context.Context, key string, r payment.GiveBack) (given payment.ProviderRefund, err error) {
	session := "cs_" + strings.TrimPrefix(r.Charge, "ch_")
	st, err := known[payment.PaymentState](t.provider, session)
	if err != nil {
		return given, err
	}
	given = payment.ProviderRefund{ID: fmt.Sprintf("re_%x", sha256.Sum256([]byte(key)))[:20], AmountCents: r.AmountCents, By: r.By, Note: r.Note}
	if given.At, err = t.now(); err != nil {
		return given, err
	}
	st.Refunds = append(st.Refunds, given)
	return given, t.keep(session, r.Account, st)
}
