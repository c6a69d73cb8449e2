package gallery

import (
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/money"
	"fenceplatform.com/fence/internal/ui/kit"
)

func page(title string, look kit.Look) kit.Page {
	return kit.Page{Title: title, Place: "Acme Fence", Look: look, Brand: brand().Path(), Path: Prefix}
}

func frame(title, current string, look kit.Look) kit.ShellFrame {
	f := kit.ShellFrame{
		Page:    page(title, look),
		Company: "Acme Fence",
		Home:    Prefix,
		Search:  Prefix + "list",
		Bell:    kit.Bell{Href: Prefix, Unread: 3},
		Person:  kit.Person{Name: "Maria Delgado", Role: "Owner", Menu: []kit.Action{{Label: "My account", Icon: "user-round", Href: Prefix}, {Label: "Log out", Icon: "log-out", Href: Prefix, Post: true}}},
		New: []kit.Action{
			{Label: "Customer", Icon: "contact", Href: Prefix + "form"},
			{Label: "Quote", Icon: "file-text", Href: Prefix + "form"},
			{Label: "Quick quote", Icon: "receipt", Href: Prefix + "form"},
		},
		Nav: []kit.NavItem{
			{Label: "Home", Href: Prefix, Icon: "house", Phone: true, Key: "g h"},
			{Label: "Customers", Href: Prefix + "record", Icon: "contact", Key: "g c"},
			{Label: "Quotes", Href: Prefix + "list", Icon: "file-text", Phone: true, Key: "g q"},
			{Label: "Approvals", Href: Prefix + "empty", Icon: "stamp", Phone: true, Waiting: 2},
			{Label: "Jobs", Href: Prefix + "failed", Icon: "hard-hat", Phone: true, Key: "g j"},
			{Label: "Materials", Href: Prefix + "parts", Icon: "boxes", Locked: "Your plan does not include materials. Sam (owner) can change the plan."},
			{Label: "Settings", Href: Prefix + "form", Icon: "settings"},
		},
	}
	for i := range f.Nav {
		f.Nav[i].Current = f.Nav[i].Label == current
	}
	return f
}

func views() []kit.Tab {
	return []kit.Tab{
		{Label: "Drafts", Href: Prefix + "list?view=drafts", Total: "12"},
		{Label: "Waiting for answer", Href: Prefix + "list", Current: true, Total: "37"},
		{Label: "Needs approval", Href: Prefix + "list?view=approval", Total: "2"},
		{Label: "Accepted", Href: Prefix + "list?view=accepted"},
	}
}

func filter() *kit.Filter {
	return &kit.Filter{
		Action: Prefix + "list", Label: "Customer, number, street",
		Chips: []kit.FilterChip{{Words: "Sent before Mar 1", Without: Prefix + "list"}, {Words: "By Maria", Without: Prefix + "list"}},
		Sort:  "age", Sorts: []kit.Option{{Value: "age", Label: "Oldest first"}, {Value: "total", Label: "Highest total"}},
	}
}

func columns() []kit.Column {
	return []kit.Column{
		{Label: "Customer", Priority: 1},
		{Label: "State", Priority: 1, Phone: kit.PhoneSecond},
		{Label: "Property", Priority: 3, Phone: kit.PhoneSecond},
		{Label: "Number", Priority: 4},
		{Label: "Person", Priority: 4},
		{Label: "Age", Priority: 3, Figure: true, Phone: kit.PhoneSecond},
		{Label: "Total", Priority: 2, Figure: true, Phone: kit.PhoneRight},
	}
}

type sample struct {
	who, where, number, person, age string
	total                           money.Cents
	state                           kit.Chip
}

func rowsOf(samples []sample) []kit.Row {
	var rows []kit.Row
	for _, s := range samples {
		rows = append(rows, kit.Row{
			ID: s.number, Href: Prefix + "record",
			Cells: []kit.Cell{
				{Text: s.who}, {Chip: s.state}, {Text: s.where}, {Text: s.number}, {Text: s.person},
				{Text: s.age, Title: "Tue, Mar 3, 10:42 AM"}, kit.MoneyCell(s.total),
			},
			Menu: []kit.Action{
				{Label: "Copy link", Icon: "link", Href: Prefix},
				{Label: "Withdraw", Icon: "ban", Href: Prefix, Post: true, Danger: true},
			},
		})
	}
	return rows
}

var (
	sent      = kit.Chip{Word: "Sent", Tone: kit.Info, Icon: "send"}
	viewed    = kit.Chip{Word: "Viewed", Tone: kit.Info, Icon: "eye"}
	accepted  = kit.Chip{Word: "Accepted", Tone: kit.Good}
	waiting   = kit.Chip{Word: "Needs approval", Tone: kit.Watch, Icon: "stamp"}
	declined  = kit.Chip{Word: "Declined", Tone: kit.Bad}
	draft     = kit.Chip{Word: "Draft", Tone: kit.Calm, Icon: "pencil"}
	pageOwner = kit.Contractor{Name: "Acme Fence", Phone: "512-555-0100", License: "License TX-4471 · Insured"}
)

func samples() []sample {
	return []sample{
		{"Dana Ruiz", "12 Oak St, Austin", "Q-2026-000123", "Maria", "3 days", 684922, viewed},
		{"Lee Whitfield", "408 Barton Hills Dr, Austin", "Q-2026-000121", "Sam", "5 days", 1284000, sent},
		{"Priya Natarajan", "9 Pecan Grove, Round Rock", "Q-2026-000119", "Maria", "6 days", 491750, waiting},
		{"Tom Hale", "77 Ranch Road 620, Lakeway", "Q-2026-000118", "Maria", "8 days", 2240010, accepted},
		{"Annette Bloom", "3 Cedar Ct, Pflugerville", "Q-2026-000116", "Sam", "11 days", 318500, declined},
		{"Marcus Oyelaran", "1501 S Congress Ave, Austin", "Q-2026-000112", "Sam", "14 days", 902200, draft},
	}
}

func longest() []sample {
	return []sample{
		{"Bartholomew Featherstonehaugh-Cholmondeley", "18250 Old San Antonio Road at Onion Creek Crossing Unit 400B, Manchaca", "Q-2026-001234", "Maria Delgado-Santibáñez", "412 days", 12840000, waiting},
		{"Donaudampfschifffahrtsgesellschaft Holding", "1 A St, Ai", "Q-2026-001233", "Lo", "1 day", 100, draft},
	}
}

func facts() []kit.Fact {
	return []kit.Fact{
		{Label: "Customer", Value: "Dana Ruiz", Href: Prefix + "record"},
		{Label: "Property", Value: "12 Oak St, Austin 78701"},
		{Label: "Version", Value: "2", Note: "replaces version 1 of Mar 1"},
		{Label: "Valid until", Value: "Fri, Apr 3, midnight"},
		{Label: "Premium", Value: "$6,849.22", Figure: true},
	}
}

func history() kit.History {
	return kit.History{
		Tabs: []kit.Tab{{Label: "All", Href: Prefix, Current: true}, {Label: "Notes", Href: Prefix}, {Label: "Messages", Href: Prefix}, {Label: "Changes", Href: Prefix}},
		Days: []kit.Day{
			{Name: "Today", Events: []kit.Event{
				{Icon: "eye", Who: "Dana", Did: "opened the quote for the second time", When: "10:42 AM", Exact: "Tue, Mar 3, 10:42 AM Central", Stamp: "2026-03-03T10:42:00-06:00"},
				{Icon: "pencil", Who: "Maria", Did: "changed the discount", When: "9:15 AM", Exact: "Tue, Mar 3, 9:15 AM Central", Stamp: "2026-03-03T09:15:00-06:00",
					Before: []kit.Fact{{Label: "Discount", Value: "5 %"}}, After: []kit.Fact{{Label: "Discount", Value: "8 %"}},
					Undo: &kit.Action{Label: "Undo", Icon: "undo-2", Href: Prefix, Post: true}},
			}},
			{Name: "Mon, Mar 2", Events: []kit.Event{
				{Icon: "message-square", Who: "Sam", Did: "wrote a note", When: "4:20 PM", Exact: "Mon, Mar 2, 4:20 PM Central", Stamp: "2026-03-02T16:20:00-06:00", Note: "Dog in the back yard until 5. Gate code 4471."},
				{Icon: "send", Who: "Maria", Did: "sent version 2 to dana@example.com", When: "11:02 AM", Exact: "Mon, Mar 2, 11:02 AM Central", Stamp: "2026-03-02T11:02:00-06:00"},
			}},
		},
		More: Prefix + "record",
	}
}

func problems() kit.Problems {
	return kit.Problems{
		{Pointer: "/name", Message: "Enter the customer's name."},
		{Pointer: "/phone", Message: "512-555-014 is one digit short."},
		{Pointer: "/address/zip", Message: "Enter a ZIP with 5 digits, like 78701."},
		{Pointer: "/kind", Message: "Choose what they want."},
	}
}

// refusals is one of each, as the translator makes them.
func refusals() []kit.Refusal {
	errs := []error{
		fault.Missing(),
		fault.New(fault.Forbidden, "forbidden", "Approving quotes needs the right Approve. Sam (owner) and Lee (admin) have it."),
		fault.New(fault.LimitReached, "limit", "Your company used 50 of 50 jobs this month. Sam (owner) can change the plan, or it resets on Apr 1."),
		fault.New(fault.Conflict, "conflict", "Version 2 replaced this quote on Mar 3. Open version 2 to sign it."),
		fault.New(fault.RateLimited, "slow-down", "You tried to log in many times."),
		fault.New(fault.Unavailable, "unavailable", "PostgreSQL does not answer."),
		fault.New(fault.Internal, "internal", "never shown"),
	}
	var all []kit.Refusal
	for _, err := range errs {
		all = append(all, kit.RefusalOf(err, "7F3K2"))
	}
	all[0].Search = Prefix + "list"
	all[4].Actions = []kit.Action{{Label: "Reset password", Href: Prefix + "login"}}
	return all
}

func conflict() kit.Conflict {
	return kit.Conflict{
		Who: "Maria", Noun: "customer", When: "10:41", Action: Prefix + "conflict", Theirs: 8, Keep: Prefix + "record",
		Fields: []kit.Difference{
			{Name: "phone", Label: "Phone", Yours: "512-555-0143", Hers: "512-555-0199", Changed: true},
			{Name: "email", Label: "E-mail", Yours: "", Hers: "dana.ruiz@example.com"},
			{Name: "notes", Label: "Notes", Yours: "Dog in the back yard until 5.", Hers: "Dog. Gate code 4471.", Changed: true},
		},
	}
}
