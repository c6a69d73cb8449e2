package notify

import (
	"fmt"
	"time"

	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/mail"
	"fenceplatform.com/fence/internal/platform/pg"
)

// platformName is who mails about accounts come from.
const platformName = "Fence Platform"

func (s *Service) account(tx *pg.OrgTx, kind, to string, c mail.Content) error {
	c.Heading = platformName
	return s.Send(tx, Mail{Kind: kind, To: to, Sender: platformName, Content: c})
}

// Welcome greets a new owner: where the company's pages are, and a link that confirms the address.
func (s *Service) Welcome(tx *pg.OrgTx, org tenancy.Organization, to, code string) error {
	return s.account(tx, "welcome", to, mail.Content{
		Subject:  "Confirm your e-mail",
		Sentence: fmt.Sprintf("%s is ready. Confirm this address, so that we can mail your quotes.", org.Name),
		Facts: []mail.Fact{
			{Name: "Your address", Value: s.Site.Of(org.Slug, "/")},
			{Name: "Trial", Value: "Growth until " + org.TrialEndsAt.In(org.Zone()).Format("Mon, Jan 2, 2006")},
		},
		Button: &mail.Button{Label: "Confirm", URL: s.Site.Of(org.Slug, "/confirm?code="+code)},
		Note:   "Your quotes and your customers' links keep working after the trial; without a plan everything else turns read-only.",
	})
}

// SecondTrial tells the owner of a further company how long it is tried; known is what had a trial before.
func (s *Service) SecondTrial(tx *pg.OrgTx, org tenancy.Organization, to, known string, end time.Time) error {
	return s.account(tx, "second_trial", to, mail.Content{
		Subject:  "Choose a plan for " + org.Name,
		Sentence: fmt.Sprintf("This %s had a trial before, so that of %s ends on %s.", known, org.Name, end.In(org.Zone()).Format("Mon, Jan 2, 2006, 3:04 PM")),
		Button:   &mail.Button{Label: "Choose a plan", URL: s.Site.Of(org.Slug, tenancy.BillingPath)},
		Note:     "Nothing is lost: without a plan everything turns read-only, and your quotes and your customers' links keep working.",
	})
}

// ConfirmEmail sends the confirming link again.
func (s *Service) ConfirmEmail(tx *pg.OrgTx, org tenancy.Organization, to, code string) error {
	return s.account(tx, "confirm", to, mail.Content{
		Subject:  "Confirm your e-mail",
		Sentence: fmt.Sprintf("Confirm that this address is yours, so that we can mail the quotes of %s.", org.Name),
		Button:   &mail.Button{Label: "Confirm", URL: s.Site.Of(org.Slug, "/confirm?code="+code)},
	})
}

// ResetPassword sends the link that sets a new password.
func (s *Service) ResetPassword(tx *pg.OrgTx, org tenancy.Organization, to, code string) error {
	return s.account(tx, "reset", to, mail.Content{
		Subject:  "Reset your password",
		Sentence: fmt.Sprintf("Somebody asked for a new password for %s at %s. The link works once, for ten minutes.", to, org.Name),
		Button:   &mail.Button{Label: "Set password", URL: s.Site.Of(org.Slug, "/reset?code="+code)},
		Note:     "If it was not you, do nothing: your password stays as it is.",
	})
}

// Invite asks somebody to join a company.
func (s *Service) Invite(tx *pg.OrgTx, org tenancy.Organization, by, to, role, code string) error {
	return s.account(tx, KindInvite, to, mail.Content{
		Subject:  "Join " + org.Name,
		Sentence: fmt.Sprintf("%s invites you to work in %s. The link works for seven days.", by, org.Name),
		Facts:    []mail.Fact{{Name: "Role", Value: role}, {Name: "Address", Value: s.Site.Host(org.Slug)}},
		Button:   &mail.Button{Label: "Join " + org.Name, URL: s.Site.Of(org.Slug, "/join?code="+code)},
	})
}

// SecurityNotice tells a person that how they log in has changed. It carries no link: whoever did it may read mail too.
func (s *Service) SecurityNotice(tx *pg.OrgTx, org tenancy.Organization, to, subject, sentence string) error {
	return s.account(tx, "security", to, mail.Content{
		Subject:  subject,
		Sentence: sentence,
		Facts:    []mail.Fact{{Name: "Company", Value: org.Name}, {Name: "Address", Value: s.Site.Host(org.Slug)}},
		Note:     "If it was not you, set a new password on the log-in page and tell the owner of your company.",
	})
}

// SupportQuestion is what an operator of the platform asks a company's owners for.
type SupportQuestion struct {
	Operator string
	Purpose  string
	Writes   bool
	Minutes  int
}

// AskForSupport tells an owner that an operator asks to see the company. The answer is given behind the log-in.
func (s *Service) AskForSupport(tx *pg.OrgTx, org tenancy.Organization, to string, q SupportQuestion) error {
	may := "Read only"
	if q.Writes {
		may = "Read and change"
	}
	return s.account(tx, "support", to, mail.Content{
		Subject:  "Fence support asks to see " + org.Name,
		Sentence: fmt.Sprintf("%s of Fence support asks to see your company. Nobody of us sees it without your leave.", q.Operator),
		Facts:    []mail.Fact{{Name: "Purpose", Value: q.Purpose}, {Name: "May", Value: may}, {Name: "For at most", Value: fmt.Sprintf("%d min", q.Minutes)}},
		Button:   &mail.Button{Label: "Answer", URL: s.Site.Of(org.Slug, "/settings/support")},
		Note:     "If you did not ask for help, refuse it, or do nothing: the question is forgotten after three days.",
	})
}

// UsageNote is what a company's owners are told when little is left of a limit.
type UsageNote struct {
	What  string // "40 of 50 jobs"
	Full  bool
	Until string // when it resets; empty for what is held rather than spent
	Path  string // of the page that says more
}

// UsageWarning tells an owner that little is left of a limit, or nothing.
func (s *Service) UsageWarning(tx *pg.OrgTx, org tenancy.Organization, to string, n UsageNote) error {
	c := mail.Content{
		Subject:  n.What + " used",
		Sentence: fmt.Sprintf("%s used %s of its plan.", org.Name, n.What),
		Button:   &mail.Button{Label: "See usage", URL: s.Site.Of(org.Slug, n.Path)},
		Note:     "Nothing stops yet. A larger plan has more.",
	}
	if n.Until != "" {
		c.Subject = n.What + " used this month"
		c.Facts = []mail.Fact{{Name: "Resets", Value: n.Until}}
	}
	if n.Full {
		c.Note = "What is there stays and can be changed. One more is refused until there is room, or the plan is larger. Your customers can still sign."
	}
	return s.account(tx, "usage_warning", to, c)
}

// PlanNote is what a company's owners are told about their plan.
type PlanNote struct {
	Subject, Sentence string
	Facts             []mail.Fact
	Button, Path      string
	Note              string
}

// PlanNotice tells an owner.
func (s *Service) PlanNotice(tx *pg.OrgTx, org tenancy.Organization, to string, n PlanNote) error {
	return s.account(tx, kindPlanNotice, to, n.Content(s.Site.Of(org.Slug, n.Path)))
}

// Content is the mail of a note; address is where its button leads.
func (n PlanNote) Content(address string) mail.Content {
	return mail.Content{Subject: n.Subject, Sentence: n.Sentence, Facts: n.Facts, Button: &mail.Button{Label: n.Button, URL: address}, Note: n.Note}
}
