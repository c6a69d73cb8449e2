package payment_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/business/payment"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/money"
	"fenceplatform.com/fence/internal/testkit"
)

// provider is a payment provider that says what a test wants.
type provider struct {
	mu       sync.Mutex
	accounts map[string]payment.AccountState
	pages    map[string]*payment.PaymentState // by session
	byKey    map[string]payment.Checkout
	amounts  map[string]money.Cents
	refunds  map[string]payment.ProviderRefund // by key
	away     bool
	refuses  error // what is asked of it next

	accountOf map[string]string // by session
	shut      string            // the account that lets nobody in
	meanwhile func()            // is done while a page is made
}

func newProvider() *provider {
	return &provider{accounts: map[string]payment.AccountState{}, pages: map[string]*payment.PaymentState{}, byKey: map[string]payment.Checkout{}, amounts: map[string]money.Cents{}, refunds: map[string]payment.ProviderRefund{}, accountOf: map[string]string{}}
}

func (p *provider) CreateAccount(_ context.Context, _ string, n payment.NewAccount) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	account := "acct_" + n.Org.String()[35:]
	if _, known := p.accounts[account]; !known {
		p.accounts[account] = payment.AccountState{Needs: []string{"external_account"}}
	}
	return account, nil
}

func (p *provider) OnboardingPage(_ context.Context, account, back, _ string) (string, error) {
	if p.away {
		return "", fmt.Errorf("away")
	}
	return "https://connect.example/" + account + "?back=" + back, nil
}

func (p *provider) ReadAccount(_ context.Context, account string) (payment.AccountState, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if account == p.shut {
		return payment.AccountState{Gone: true}, nil
	}
	return p.accounts[account], nil
}

func (p *provider) OpenCheckout(_ context.Context, key string, c payment.NewCheckout) (payment.Checkout, error) {
	if p.meanwhile != nil {
		p.meanwhile()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if c.Account == p.shut {
		return payment.Checkout{}, payment.ErrNoAccess
	}
	if p.away {
		return payment.Checkout{}, fmt.Errorf("away")
	}
	if made, again := p.byKey[key]; again {
		return made, nil
	}
	session := fmt.Sprintf("cs_%d", len(p.byKey)+1)
	p.byKey[key] = payment.Checkout{Session: session, URL: "https://checkout.example/" + session, ExpiresAt: time.Now().AddDate(100, 0, 0)}
	p.pages[session], p.amounts[session], p.accountOf[session] = &payment.PaymentState{State: payment.Open}, c.AmountCents, c.Account
	return p.byKey[key], nil
}

func (p *provider) CloseCheckout(_ context.Context, account, session string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if account == p.shut {
		return payment.ErrNoAccess
	}
	if p.pages[session].State == payment.Open {
		p.pages[session].State = payment.Expired
	}
	return nil
}

func (p *provider) ReadPayment(_ context.Context, account, session string) (payment.PaymentState, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if account == p.shut {
		return payment.PaymentState{}, payment.ErrNoAccess
	}
	return *p.pages[session], nil
}

// GiveBack gives back, keeps the answer to its key, and loses it on the way where a test says so.
func (p *provider) GiveBack(_ context.Context, key string, g payment.GiveBack) (payment.ProviderRefund, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r, again := p.refunds[key]
	if g.Account == p.shut {
		return r, payment.ErrNoAccess
	}
	if !again && p.refuses != nil {
		return r, p.refuses
	}
	if !again {
		r = payment.ProviderRefund{ID: fmt.Sprintf("re_%d", len(p.refunds)+1), AmountCents: g.AmountCents, At: time.Now(), By: g.By, Note: g.Note}
		p.refunds[key] = r
		for _, st := range p.pages {
			if st.Charge == g.Charge {
				st.Refunds = append(st.Refunds, r)
			}
		}
	}
	if p.away {
		return payment.ProviderRefund{}, fmt.Errorf("away")
	}
	return r, nil
}

// pay is the homeowner who pays on the page of a session.
func (p *provider) pay(session string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	st := p.pages[session]
	st.State, st.Intent, st.Charge, st.AmountCents, st.Method, st.Ending, st.PaidAt = payment.Paid, "pi_"+session, "ch_"+session, p.amounts[session], payment.Card, "4242", time.Now()
}

type tilled struct {
	world
	p     *provider
	owner tenancy.Actor
}

// ready is a world in which A takes payments online.
func ready(t *testing.T) tilled {
	t.Helper()
	w := tilled{world: setup(t), p: newProvider()}
	w.payments.Accounts, w.payments.Till = w.p, w.p
	w.owner = w.actor(t, testkit.A, tenancy.BillingManage, tenancy.SettingsRead, tenancy.PaymentsRead, tenancy.PaymentsRecord)
	if _, err := w.payments.Connect(t.Context(), w.owner); err != nil {
		t.Fatal(err)
	}
	w.p.accounts["acct_a"] = payment.AccountState{DetailsSubmitted: true, ChargesEnabled: true, PayoutsEnabled: true}
	if err := w.payments.CheckAccount(t.Context(), w.owner); err != nil {
		t.Fatal(err)
	}
	return w
}

const token = "link of a"

// visitor is whoever opened a company's host.
func (w world) visitor(t *testing.T, o testkit.Org) tenancy.Actor {
	t.Helper()
	a, err := tenancy.InTask(t.Context(), w.App, o.ID)
	if err != nil {
		t.Fatal(err)
	}
	return a.As(tenancy.Visitor, id.Nil, "Visitor", "", nil)
}

// asks has A ask for an amount of its fixture's quote.
func (w tilled) asks(t *testing.T, amount money.Cents) {
	t.Helper()
	if _, err := w.payments.RequestPayment(t.Context(), w.owner, payment.RequestInput{Acceptance: testkit.A.Acceptance(), AmountCents: amount}); err != nil {
		t.Fatal(err)
	}
}

func (w tilled) open(t *testing.T) (session string) {
	t.Helper()
	url, err := w.payments.PayOnline(t.Context(), w.visitor(t, testkit.A), token)
	if err != nil {
		t.Fatal(err)
	}
	_, session, _ = strings.Cut(url, "checkout.example/")
	return session
}
