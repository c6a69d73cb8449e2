package settings

import (
	"net/http"
	"strings"

	"fenceplatform.com/fence/internal/business/payment"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

const (
	getPaidPath = "/settings/get-paid"
	leavePath   = getPaidPath + "/disconnect"
)

func (h *Handlers) getPaidRoutes() []shell.Route {
	return []shell.Route{
		{Pattern: "GET " + getPaidPath, Needs: tenancy.SettingsRead, Serve: h.getPaid},
		{Pattern: "POST " + getPaidPath + "/connect", Needs: tenancy.BillingManage, Serve: h.connect},
		{Pattern: "POST " + getPaidPath + "/check", Needs: tenancy.BillingManage, Serve: h.checkAccount},
		{Pattern: "GET " + leavePath, Needs: tenancy.BillingManage, Serve: h.considerDisconnect},
		{Pattern: "POST " + leavePath, Needs: tenancy.BillingManage, Serve: h.disconnect},
	}
}

// getPaidView is how the company's account stands, in words.
type getPaidView struct {
	State    kit.Chip
	Says     string
	Needs    []string
	Facts    []kit.Fact
	Primary  *kit.Action
	Others   []kit.Action
	CameBack bool // from the provider's page
}

func (h *Handlers) getPaid(w http.ResponseWriter, r *http.Request) error {
	c := caller.Of(r)
	account, err := h.Payments.GetAccount(r.Context(), c.Actor)
	if err != nil {
		return err
	}
	v := standing(account, h.Payments.Accounts != nil)
	v.CameBack = r.URL.Query().Get("back") != ""
	if !c.Actor.May(tenancy.BillingManage) {
		v.Primary, v.Others = nil, nil
	} else if err := c.Actor.RequireWritable(c.Now); err != nil && v.Primary != nil {
		v.Primary.Refused = fault.As(err).Message
	}
	if account != nil {
		v.Facts = []kit.Fact{{Label: "Account at Stripe", Value: orDash(account.Account)}, {Label: "Begun", Value: account.BegunName + ", " + account.BegunAt.In(c.Actor.Org.Zone()).Format("Jan 2, 2006")},
			{Label: "Takes cards", Value: yesNo(account.ChargesEnabled)}, {Label: "Pays out to your bank", Value: yesNo(account.PayoutsEnabled)}}
		if account.AskedAt != nil {
			v.Facts = append(v.Facts, kit.Fact{Label: "Asked Stripe", Value: account.AskedAt.In(c.Actor.Org.Zone()).Format("Jan 2, 2006, 3:04 PM")})
		}
	}
	return h.Pages.Show(w, r, page("Get paid"), getPaidPage(v))
}

func orDash(text string) string {
	if text == "" {
		return "Being opened"
	}
	return text
}

// standing says in words how an account stands, and what is to be done.
func standing(a *payment.Account, taken bool) getPaidView {
	begin := func(label string) *kit.Action {
		return &kit.Action{Label: label, Icon: "external-link", Href: getPaidPath + "/connect", Post: true}
	}
	check := kit.Action{Label: "Ask Stripe again", Icon: "rotate-cw", Href: getPaidPath + "/check", Post: true}
	leave := kit.Action{Label: "Disconnect", Icon: "ban", Href: leavePath, Danger: true}
	switch {
	case !taken && a == nil:
		return getPaidView{State: kit.Chip{Word: "Not available", Tone: kit.Calm, Icon: "circle-slash"}, Says: "This installation takes no online payments. Write checks and cash down on the job."}
	case a == nil:
		return getPaidView{State: kit.Chip{Word: "Not started", Tone: kit.Calm, Icon: "circle-dot"}, Primary: begin("Connect Stripe"),
			Says: "Let your customers pay deposits and balances by card or from their bank. The money goes to your own Stripe account, never through us."}
	case !a.DetailsSubmitted:
		return getPaidView{State: kit.Chip{Word: "More details needed at Stripe", Tone: kit.Watch, Icon: "clock"}, Primary: begin("Continue at Stripe"), Others: []kit.Action{check, leave},
			Says: "Stripe still has to know who you are and where your bank is. Your customers cannot pay online yet."}
	case a.ChargesEnabled && len(a.Needs) > 0:
		return getPaidView{State: kit.Chip{Word: "Ready to take cards", Tone: kit.Good, Icon: "circle-check"}, Primary: begin("Complete at Stripe"), Others: []kit.Action{check, leave}, Needs: needs(a.Needs),
			Says: "Your customers can pay online. Stripe will soon want to know more:"}
	case a.ChargesEnabled:
		return getPaidView{State: kit.Chip{Word: "Ready to take cards", Tone: kit.Good, Icon: "circle-check"}, Others: []kit.Action{check, leave},
			Says: "After signing, your customers see a button that pays what is due to your Stripe account."}
	}
	return getPaidView{State: kit.Chip{Word: "Restricted", Tone: kit.Bad, Icon: "circle-alert"}, Primary: begin("Fix it at Stripe"), Others: []kit.Action{check, leave}, Needs: needs(a.Needs),
		Says: "Stripe takes no cards for you at the moment. Your customers can still sign, and pay by check."}
}

// needs reads Stripe's names as words: "external_account" is "External account".
func needs(names []string) []string {
	all := make([]string, len(names))
	for i, n := range names {
		text := strings.NewReplacer("_", " ", ".", ", ").Replace(n)
		all[i] = strings.ToUpper(text[:min(1, len(text))]) + text[min(1, len(text)):]
	}
	return all
}

func (h *Handlers) connect(w http.ResponseWriter, r *http.Request) error {
	url, err := h.Payments.Connect(r.Context(), caller.Of(r).Actor)
	if err != nil {
		return err
	}
	http.Redirect(w, r, url, http.StatusSeeOther) // the provider's
	return nil
}

func (h *Handlers) checkAccount(w http.ResponseWriter, r *http.Request) error {
	if err := h.Payments.CheckAccount(r.Context(), caller.Of(r).Actor); err != nil {
		return err
	}
	shell.Notify(w, "This is how Stripe says it stands.", nil)
	return shell.SeeOther(w, r, getPaidPath)
}

// considerDisconnect shows what disconnecting ends and what stays, and asks.
func (h *Handlers) considerDisconnect(w http.ResponseWriter, r *http.Request) error {
	l, err := h.Payments.ConsiderDisconnect(r.Context(), caller.Of(r).Actor)
	if err != nil {
		return err
	}
	if l.Account == nil { // it is done
		return shell.SeeOther(w, r, getPaidPath)
	}
	p := page("Disconnect Stripe")
	p.Back = &kit.Link{Label: "Get paid", Href: getPaidPath}
	return h.Pages.Show(w, r, p, disconnectPage(l))
}

// onItsWay says what customers' banks have not made yet.
func onItsWay(l payment.Leaving) string {
	if l.Underway == 1 {
		return l.UnderwayCents.String() + " is on its way from a customer's bank."
	}
	return l.UnderwayCents.String() + " in " + kit.Count(l.Underway, "payment", "payments") + " is on its way from customers' banks."
}

func (h *Handlers) disconnect(w http.ResponseWriter, r *http.Request) error {
	if err := h.Payments.Disconnect(r.Context(), caller.Of(r).Actor); err != nil {
		return err
	}
	shell.Notify(w, "Your customers cannot pay online any more. What they paid stays in your Stripe account.", nil)
	return shell.SeeOther(w, r, getPaidPath)
}
