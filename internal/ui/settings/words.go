package settings

import (
	"time"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/business/usage"
	"fenceplatform.com/fence/internal/ui/kit"
)

func meter(a tenancy.Actor, s usage.Standing) kit.Meter {
	m := kit.Meter{Label: metricName(s.Metric), Why: whyOf(s.Metric), Used: s.Used, Limit: max(s.Limit, 0), Words: words(s)}
	if s.ResetsAt != nil {
		m.Resets = "Resets on " + s.ResetsAt.In(a.Org.Zone()).Format("Jan 2") + "."
	}
	return m
}

func metricName(m plan.Metric) string {
	switch m {
	case plan.Users:
		return "People"
	case plan.Jobs:
		return "Jobs this month"
	case plan.Quotes:
		return "Quotes this month"
	case plan.Storage:
		return "Storage"
	case plan.CallsPerSecond:
		return "API calls a second"
	case plan.CallsPerMinute:
		return "API calls a minute"
	case plan.PagesPerSecond:
		return "Pages a second"
	case plan.PagesPerMinute:
		return "Pages a minute"
	}
	return "API calls this month"
}

func words(s usage.Standing) string {
	used, limit := kit.Figure(s.Used), kit.Figure(s.Limit)
	if s.Metric == plan.Storage {
		used, limit = usage.Bytes(s.Used), usage.Bytes(s.Limit)
	}
	if s.Limit == plan.Unlimited {
		return used + ", no limit"
	}
	return used + " of " + limit
}

// overSeats says that more people work here than the plan has, and that somebody chooses who goes: nobody is locked out.
func overSeats(s usage.Standing) string {
	if s.Limit == plan.Unlimited || s.Used <= s.Limit {
		return ""
	}
	return kit.Figure(s.Used) + " people work here and your plan has " + kit.Figure(s.Limit) + ". Everybody works on. Before anybody can be added, deactivate " +
		kit.Figure(s.Used-s.Limit+1) + ", whom you choose: open a person and take Deactivate."
}

func roleOptions() []kit.Option {
	hints := map[identity.Role]string{
		identity.Admin: "Everything but the plan", identity.Office: "Customers, quotes, prices, jobs", identity.Estimator: "Sketches and quotes",
		identity.Crew: "Jobs", identity.Accountant: "Reads quotes, jobs and usage",
	}
	var options []kit.Option
	for _, r := range identity.Roles[1:] {
		options = append(options, kit.Option{Value: string(r), Label: r.Label(), Hint: hints[r]})
	}
	return options
}

// zoneOptions are the zones of the United States.
func zoneOptions() []kit.Option {
	return []kit.Option{
		{Value: "America/New_York", Label: "Eastern"}, {Value: "America/Chicago", Label: "Central"}, {Value: "America/Denver", Label: "Mountain"},
		{Value: "America/Phoenix", Label: "Mountain, Arizona"}, {Value: "America/Los_Angeles", Label: "Pacific"}, {Value: "America/Anchorage", Label: "Alaska"},
		{Value: "Pacific/Honolulu", Label: "Hawaii"}, {Value: "America/Puerto_Rico", Label: "Atlantic, Puerto Rico"},
		{Value: "America/Indiana/Indianapolis", Label: "Eastern, Indiana"}, {Value: "America/Detroit", Label: "Eastern, Michigan"}, {Value: "America/Boise", Label: "Mountain, Idaho"},
	}
}

func withCurrent(options []kit.Option, value string) []kit.Option {
	for _, o := range options {
		if o.Value == value {
			return options
		}
	}
	return append(options, kit.Option{Value: value, Label: value})
}

func day(t time.Time) string { return t.Format("Jan 2, 2006") }

func stateOf(u identity.User) kit.Chip {
	if u.DeactivatedAt != nil {
		return kit.Chip{Word: "Deactivated", Tone: kit.Calm}
	}
	return kit.Chip{}
}

func seen(f identity.PersonFacts) string {
	if f.LastSeenAt == nil {
		return "not yet"
	}
	return day(*f.LastSeenAt)
}

func yesNo(has bool) string {
	if has {
		return "Yes"
	}
	return "No"
}

func checkedIf(on bool) string {
	if on {
		return "yes"
	}
	return ""
}

// rolesFor are the roles that the viewer may give: only an owner makes owners.
func rolesFor(a tenancy.Actor) []kit.Option {
	options := roleOptions()
	if identity.Role(a.Role) == identity.Owner {
		options = append([]kit.Option{{Value: string(identity.Owner), Label: identity.Owner.Label(), Hint: "Everything, the plan too"}}, options...)
	}
	return options
}

func keysRest(n int) string {
	if n == 0 {
		return "No API key rests with them."
	}
	return kit.Count(n, "API key acts", "API keys act") + " with their rights and will stop working. Make new ones first if a program needs them."
}

func invitesStay(n int) string {
	if n == 0 {
		return "No open invitation is in their name."
	}
	return kit.Count(n, "open invitation", "open invitations") + " in their name can still be accepted."
}

const successorField = "successor"

func successorOptions(people []identity.User) []kit.Option {
	options := []kit.Option{{Label: "Choose"}}
	for _, u := range people {
		options = append(options, kit.Option{Value: u.ID.String(), Label: u.Name + ", " + u.Role.Label()})
	}
	return append(options, kit.Option{Value: string(identity.Nobody), Label: "Nobody: leave them unassigned"})
}

// handedOver says who has the work now.
func handedOver(h identity.HandedOver) string {
	switch {
	case !h.Any():
		return ""
	case h.To == nil:
		return " Nobody has the " + h.Words() + "."
	}
	return " " + h.Name + " takes over " + h.Words() + "."
}

func withoutWords(n int) string {
	if n == 0 {
		return "Everybody has a second factor: an authenticator app or a passkey."
	}
	return kit.Count(n, "person has", "people have") + " no second factor yet, neither an authenticator app nor a passkey."
}

func ruleWords(r identity.SignInRules) string {
	if r.SecondFactor {
		return "Everybody needs a second factor."
	}
	return "A second factor is everybody's own choice."
}
