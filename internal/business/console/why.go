package console

import (
	"fmt"
	"slices"
	"time"

	"fenceplatform.com/fence/internal/business/plan"
)

// Thing is what somebody says that they cannot do.
type Thing string

// The things that people call about.
const (
	SendQuote   Thing = "send_quote"
	ChangeThing Thing = "change"
	CreateJob   Thing = "create_job"
	AddPerson   Thing = "add_person"
	Upload      Thing = "upload"
	UseAPI      Thing = "use_api"
	LogIn       Thing = "log_in"
	GetMail     Thing = "get_mail"
	Sign        Thing = "sign"
	Pay         Thing = "pay"
	UseFeature  Thing = "use_feature"
)

// Things are all of them with their words, in the order of the list.
var Things = []struct {
	Thing Thing
	Words string
}{
	{LogIn, "log in"}, {SendQuote, "send a quote"}, {ChangeThing, "write or change anything"}, {CreateJob, "create a job"}, {AddPerson, "add a person"}, {Upload, "upload a file"},
	{Sign, "sign (their customer)"}, {GetMail, "get our mail"}, {Pay, "pay us"}, {UseAPI, "use the API"}, {UseFeature, "use a feature"},
}

// Code names a cause.
type Code string

// Every cause that is known of.
const (
	AddressUnknown     Code = "address_unknown"
	AddressOthers      Code = "address_of_another"
	AddressRenamed     Code = "address_renamed"
	PersonUnknown      Code = "person_unknown"
	LeavingUs          Code = "leaving"
	Stopped            Code = "stopped"
	StoppedByDispute   Code = "stopped_by_dispute"
	IsDormant          Code = "dormant"
	ReadOnlyUnpaid     Code = "read_only_unpaid"
	ReadOnlyTrial      Code = "read_only_trial_ended"
	ReadOnlyCanceled   Code = "read_only_canceled"
	ReadOnlyOther      Code = "read_only_other"
	UnpaidNoGrowth     Code = "unpaid_no_growth"
	KeysAtRest         Code = "keys_rest"
	LimitReached       Code = "limit_reached"
	NotInPlan          Code = "not_in_plan"
	MailCapped         Code = "mail_capped"
	MailOfTrial        Code = "mail_of_trial"
	MailFailing        Code = "mail_failing"
	NeedsSecondFactor  Code = "second_factor"
	OnlySignOn         Code = "sign_on_only"
	TaskStuck          Code = "task_stuck"
	CustomerMissing    Code = "customer_missing"
	CustomerUnread     Code = "customer_unread"
	NeedsConfirmation  Code = "payment_needs_confirmation"
	CardDeclined       Code = "card_declined"
	PriceMissing       Code = "price_missing"
	PaymentsNotTaken   Code = "payments_not_taken"
	FirstPaymentNeeded Code = "first_payment_open"
)

// AddressStanding is whose the address is that somebody uses.
type AddressStanding string

// NotAsked is an address that nobody named.
const (
	NotAsked       AddressStanding = ""
	TheirAddress   AddressStanding = "theirs"
	FormerAddress  AddressStanding = "former"
	OthersAddress  AddressStanding = "others"
	NobodysAddress AddressStanding = "nobodys"
)

// Facts are what an answer is found from.
type Facts struct {
	Company
	Now          time.Time
	Entitlements plan.Entitlements
	Zone         *time.Location
	Feature      plan.Feature // of UseFeature

	Address      string // that they use, when it was asked about
	AddressIs    AddressStanding
	AddressUntil time.Time // how long a former address still leads on; zero: it does not
	PersonAsked  bool
	PersonKnown  bool
}

// Answer is one cause and what to do about it.
type Answer struct {
	Code  Code
	Cause string
	Do    string
}

// check tells whether one cause holds.
type check func(Facts) (Answer, bool)

// checks are the causes that stop each thing, the one that outweighs the others first.
var checks = map[Thing][]check{
	LogIn:       {byAddress, closed, dormant, byPerson, signOn, secondFactor, mailFails},
	SendQuote:   {byAddress, closed, dormant, readOnly, hasNot(plan.FeatureQuotes), capped, ofTrial, mailFails, stuck("send_mail")},
	ChangeThing: {byAddress, closed, dormant, readOnly, stuck()},
	CreateJob:   {byAddress, closed, dormant, readOnly, full(plan.Jobs), stuck("open_job")},
	AddPerson:   {byAddress, closed, dormant, readOnly, noGrowth, full(plan.Users), ofTrial, mailFails, stuck("send_mail")},
	Upload:      {byAddress, closed, dormant, readOnly, full(plan.Storage), stuck("settle_file", "forget_blob")},
	UseAPI:      {byAddress, closed, dormant, hasNot(plan.FeatureAPIKeys), keysRest, full(plan.APICalls)},
	GetMail:     {closed, byPerson, mailFails, stuck("send_mail"), capped, ofTrial},
	Sign:        {byAddress, closed, dormant, hasNot(plan.FeatureSignatures), stuck("seal_signed", "open_job"), mailFails},
	Pay:         {byAddress, closed, notTaken, noCustomer, confirmation, declined, firstPayment, noPrice, unread, stuck("billing_open_account")},
	UseFeature:  {closed, dormant, feature, readOnly},
}

// Why names the causes for which a company cannot do a thing, the first one first. None: what is known here does not
// stop it.
func Why(t Thing, f Facts) []Answer {
	var found []Answer
	for _, holds := range checks[t] {
		if a, yes := holds(f); yes {
			found = append(found, a)
		}
	}
	return found
}

func byAddress(f Facts) (Answer, bool) {
	switch f.AddressIs {
	case FormerAddress:
		if f.AddressUntil.IsZero() {
			return Answer{AddressRenamed, f.Address + " was theirs and leads nowhere any more: the company was renamed to " + f.Host + ".", "Tell them the new address: " + f.Host + "."}, true
		}
		return Answer{AddressRenamed, f.Address + " is the address of before, and leads on until " + day(f.AddressUntil, f.Zone) + ": pages open, forms sent there do not arrive.", "Tell them the new address: " + f.Host + "."}, true
	case OthersAddress:
		return Answer{AddressOthers, f.Address + " is another company's address.", "Theirs is " + f.Host + ". Who does not know it finds it on the front page, Find my company."}, true
	case NobodysAddress:
		return Answer{AddressUnknown, f.Address + " is no company's address.", "Theirs is " + f.Host + ". Who does not know it finds it on the front page, Find my company."}, true
	}
	return Answer{}, false
}

func byPerson(f Facts) (Answer, bool) {
	return Answer{PersonUnknown, "Nobody who works there now has this e-mail address.", "It may be misspelled, deactivated, or never invited. An owner or admin sees who is in on Settings, People."}, f.PersonAsked && !f.PersonKnown
}

func closed(f Facts) (Answer, bool) {
	switch f.Entitlements.State {
	case plan.Suspended:
		if f.Entitlements.Cause == plan.ByLostDispute {
			return Answer{StoppedByDispute, "The company is stopped" + since(f.Entitlements.Since, f.Zone) + " because " + becauses[plan.ByLostDispute] + ".", "Decide about the finding on the company's page: marked as dealt with, it works again."}, true
		}
		return Answer{Stopped, "An operator stopped the company" + since(f.Entitlements.Since, f.Zone) + ": " + holdOf(f.Standing) + ".", "If the reason is gone, end the stop on the company's page and say why."}, true
	case plan.PendingDeletion, plan.Deleted:
		return Answer{LeavingUs, "The company is being deleted" + since(f.Entitlements.Since, f.Zone) + ".", "Nothing opens any more. The owner can have the archive."}, true
	}
	return Answer{}, false
}

func dormant(f Facts) (Answer, bool) {
	return Answer{IsDormant, "The company is dormant" + since(f.Entitlements.Since, f.Zone) + " because " + because(f.Entitlements, f.Standing, f.Zone) + ". Only owners come in, and links of its customers say whom to call.",
		"An owner logs in and chooses a plan. Rows are kept until " + day(f.Entitlements.PurgeAfter, f.Zone) + ". For a few days' grace grant free use."}, f.Entitlements.State == plan.Dormant
}

var readOnlyCodes = map[plan.Cause]Code{plan.Unpaid: ReadOnlyUnpaid, plan.TrialEnded: ReadOnlyTrial, plan.SubscriptionEnded: ReadOnlyCanceled}

func readOnly(f Facts) (Answer, bool) {
	e := f.Entitlements
	if !e.ReadOnly() {
		return Answer{}, false
	}
	a := Answer{Code: readOnlyCodes[e.Cause], Cause: "The company is read-only" + since(e.Since, f.Zone) + " because " + because(e, f.Standing, f.Zone) + ".", Do: "The owner chooses a plan on Settings, Plan and billing. Until then everything opens and nothing changes."}
	switch a.Code {
	case "":
		a.Code, a.Do = ReadOnlyOther, "Look at its payments on the company's page. If it is our mistake, grant free use until it is right."
	case ReadOnlyUnpaid:
		a.Do = "The owner pays the open invoice. A moment after the payment it works again; if they paid, fetch the payments again."
	}
	return a, true
}

func noGrowth(f Facts) (Answer, bool) {
	return Answer{UnpaidNoGrowth, "An invoice is unpaid" + since(f.Entitlements.Since, f.Zone) + ", and more people would cost more.", "The owner pays the open invoice; what is there works meanwhile."}, f.Entitlements.State == plan.PastDue
}

func keysRest(f Facts) (Answer, bool) {
	switch keys := f.Entitlements.Access().Keys; keys {
	case plan.KeysWork:
		return Answer{}, false
	case plan.KeysRead:
		return Answer{KeysAtRest, "API keys only read" + since(f.Entitlements.Since, f.Zone) + " because " + because(f.Entitlements, f.Standing, f.Zone) + ".", "The owner chooses a plan or pays; keys work again at once."}, true
	}
	return Answer{KeysAtRest, "API keys rest" + since(f.Entitlements.Since, f.Zone) + " because " + because(f.Entitlements, f.Standing, f.Zone) + ".", "The owner chooses a plan or pays; keys work again at once."}, true
}

// hasNot is a check for a feature that the thing needs.
func hasNot(needed plan.Feature) check {
	return func(f Facts) (Answer, bool) {
		f.Feature = needed
		return feature(f)
	}
}

func feature(f Facts) (Answer, bool) {
	if f.Feature == "" || f.Entitlements.Has(f.Feature) {
		return Answer{}, false
	}
	return Answer{NotInPlan, "The plan " + f.Entitlements.Plan.Name + " does not have " + f.Feature.Name() + ".", plan.LeastWith(f.Feature).Name + " has it. Or grant it on the company's page, with a reason and an end."}, true
}

// full is a check for a limit that is reached.
func full(m plan.Metric) check {
	return func(f Facts) (Answer, bool) {
		limit, used := f.Entitlements.Limit(m), f.Used(m)
		if limit == plan.Unlimited || used.Used < limit {
			return Answer{}, false
		}
		a := Answer{Code: LimitReached, Cause: fmt.Sprintf("All of %s are used: %s.", MetricWord(m), Amounts(m, used.Used, limit)), Do: "A larger plan has more. Or grant more on the company's page, with a reason and an end."}
		if used.PeriodEnd != nil {
			a.Do = "It resets on " + day(*used.PeriodEnd, f.Zone) + ". " + a.Do
		}
		return a, true
	}
}

// MetricWord is a metric as operators read it.
func MetricWord(m plan.Metric) string {
	return map[plan.Metric]string{plan.Users: "seats", plan.Jobs: "this month's jobs", plan.Quotes: "this month's quotes", plan.Storage: "storage", plan.APICalls: "this month's API calls"}[m]
}

// Amounts are a used part and its limit: "50 of 50", "24.9 GB of 25.0 GB".
func Amounts(m plan.Metric, used, limit int64) string {
	amount := func(n int64) string {
		if m == plan.Storage && n < 100_000_000 {
			return fmt.Sprintf("%.1f MB", float64(n)/1e6)
		}
		if m == plan.Storage {
			return fmt.Sprintf("%.1f GB", float64(n)/1e9)
		}
		return inThousands(n)
	}
	if limit == plan.Unlimited {
		return amount(used) + ", no limit"
	}
	return amount(used) + " of " + amount(limit)
}

// counted is a number with its word.
func counted(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return inThousands(n) + " " + many
}

// inThousands writes a whole number that is not negative with thousands set apart.
func inThousands(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// unconfirmedQuotes is how many quotes leave by mail in a day until an owner has confirmed the address, for so many days;
// notify says so.
const (
	unconfirmedQuotes = 3
	unconfirmedFor    = 30 * 24 * time.Hour
)

func capped(f Facts) (Answer, bool) {
	if !f.OwnerConfirmed && f.Now.Sub(f.CreatedAt) >= unconfirmedFor {
		return Answer{MailCapped, fmt.Sprintf("No owner has confirmed the e-mail address for 30 days, so no quote leaves by mail: %d wait.", f.Mail.Held),
			"The owner opens the link in our mail (Send it again stands on every page); what waits then leaves at once. The quote's link can be copied meanwhile."}, true
	}
	return Answer{MailCapped, fmt.Sprintf("No owner has confirmed the e-mail address, so three quotes a day leave by mail: %d left today, %d wait.", f.Mail.QuotesToday, f.Mail.Held),
		"The owner opens the link in our mail (Send it again stands on every page); what waits then leaves at once. The quote's link can be copied meanwhile."}, !f.OwnerConfirmed && (f.Mail.Held > 0 || f.Mail.QuotesToday >= unconfirmedQuotes)
}

// ofTrial is a mail that a trial's bounds hold; who has confirmed no address is told of that first.
func ofTrial(f Facts) (Answer, bool) {
	return Answer{MailOfTrial, fmt.Sprintf("In a trial, quotes and invitations go to 20 addresses a day and five new mail domains an hour: %d wait.", f.Mail.Held),
		"They leave by themselves, the next morning or within an hour. With a plan there is no such bound; the quote's link can be copied meanwhile."}, f.Entitlements.State == plan.Trialing && f.OwnerConfirmed && f.Mail.Held > 0
}

func mailFails(f Facts) (Answer, bool) {
	if f.Mail.Failing == 0 {
		return Answer{}, false
	}
	a := Answer{Code: MailFailing, Cause: fmt.Sprintf("%s not delivered, the oldest of %s.", counted(f.Mail.Failing, "mail of the last 30 days was", "mails of the last 30 days were"), day(*f.Mail.OldestAt, f.Zone)), Do: "Look at stuck work of kind send_mail. If it is the mail server, they leave by themselves once it is back; what was given up is tried again there."}
	if f.Mail.LastError != "" {
		a.Cause += " The mail server says: " + f.Mail.LastError
	}
	return a, true
}

func signOn(f Facts) (Answer, bool) {
	return Answer{OnlySignOn, "The company lets its people in by single sign-on alone; passwords work for owners only.", "They log in with the button of their company's provider. If the provider is away, an owner can allow passwords again on Settings, Single sign-on."}, f.SignOnOnly
}

func secondFactor(f Facts) (Answer, bool) {
	return Answer{NeedsSecondFactor, "The company asks everybody for a second factor.", "They need the authenticator app, passkey or a recovery code. An admin resets a lost one on Settings, People."}, f.SecondFactorRequired
}

// stuck is a check for tasks of the kinds that are in trouble; without a kind, of any.
func stuck(kinds ...string) check {
	return func(f Facts) (Answer, bool) {
		for _, t := range f.Trouble {
			if len(kinds) > 0 && !slices.Contains(kinds, t.Kind) {
				continue
			}
			a := Answer{Code: TaskStuck, Cause: fmt.Sprintf("The task %s of %s is not done, after %s.", t.Kind, day(t.CreatedAt, f.Zone), counted(int64(t.Attempt), "attempt", "attempts")), Do: "See stuck work: try it again once the cause is gone."}
			if t.LastError != "" {
				a.Cause += " It says: " + t.LastError
			}
			return a, true
		}
		return Answer{}, false
	}
}

func notTaken(f Facts) (Answer, bool) {
	return Answer{PaymentsNotTaken, "This installation takes no payments.", "Set FENCE_STRIPE_SECRET_KEY, or grant free use."}, !f.Taken
}

// live are the customers at the provider that are not deleted there.
func (f Facts) live() []Customer {
	return slices.DeleteFunc(slices.Clone(f.Customers), func(c Customer) bool { return c.GoneAt != nil })
}

func noCustomer(f Facts) (Answer, bool) {
	return Answer{CustomerMissing, "Stripe has no customer for this company, so nothing can be paid.", "Make it on the company's page (Make the customer). The task billing_open_account does it, and says what is wrong when it fails."}, f.Taken && len(f.live()) == 0
}

func confirmation(f Facts) (Answer, bool) {
	for _, i := range f.Invoices {
		if i.Confirm {
			return Answer{NeedsConfirmation, fmt.Sprintf("The bank asks the owner to confirm the payment of invoice %s (%s), by 3-D Secure.", i.Number, i.OpenCents), "The owner opens the invoice from our mail or on Billing and confirms it. Nobody else can."}, true
		}
	}
	return Answer{}, false
}

func declined(f Facts) (Answer, bool) {
	for _, i := range f.Invoices {
		if i.Status == "open" && i.Attempts > 0 {
			a := Answer{Code: CardDeclined, Cause: fmt.Sprintf("The card was declined for invoice %s (%s), %s.", i.Number, i.OpenCents, counted(i.Attempts, "time", "times")), Do: "The owner takes another card. It is not tried again by itself."}
			if i.NextAttemptAt != nil {
				a.Do = "The owner takes another card, or waits: it is tried again on " + day(*i.NextAttemptAt, f.Zone) + "."
			}
			return a, true
		}
	}
	return Answer{}, false
}

func firstPayment(f Facts) (Answer, bool) {
	incomplete := slices.ContainsFunc(f.Subscriptions, func(s Subscription) bool { return s.Status == plan.StatusIncomplete })
	return Answer{FirstPaymentNeeded, "The first payment was begun and not finished.", "The owner goes through the checkout again; what was begun ends by itself after 23 hours."}, incomplete
}

func noPrice(f Facts) (Answer, bool) {
	return Answer{PriceMissing, "A price was agreed, and Stripe does not have it yet.", "Make it on the company's page (Make it at Stripe)."}, f.Price != nil && f.Price.Price == ""
}

func unread(f Facts) (Answer, bool) {
	for _, c := range f.live() {
		if c.DeadAt != nil {
			return Answer{CustomerUnread, "What Stripe says of " + c.ID + " could not be read since " + day(*c.DeadAt, f.Zone) + ": " + c.LastError + ".", "Fetch again on the company's page. What they paid meanwhile counts from then on."}, true
		}
	}
	return Answer{}, false
}
