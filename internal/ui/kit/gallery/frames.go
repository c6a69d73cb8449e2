package gallery

import "fenceplatform.com/fence/internal/ui/kit"

func wide(f kit.ShellFrame) kit.ShellFrame {
	f.Wide = true
	return f
}

func recordFrame(look kit.Look) kit.ShellFrame {
	f := frame("Quote Q-2026-000123", "Quotes", look)
	f.Back = &kit.Link{Label: "12 Oak St", Href: Prefix}
	f.Strips = []kit.Message{{Tone: kit.Good, Text: "Version 2 was sent to dana@example.com.", Action: &kit.Action{Label: "Undo", Href: Prefix, Post: true}}}
	return f
}

func failedFrame(look kit.Look) kit.ShellFrame {
	f := frame("New customer", "Settings", look)
	f.Problem = true
	return f
}

func partsFrame(look kit.Look) kit.ShellFrame {
	f := frame("Parts", "Materials", look)
	f.Strips = []kit.Message{
		{Tone: kit.Info, Text: "Confirm your e-mail: until then at most 3 quotes a day are mailed.", Action: &kit.Action{Label: "Send it again", Href: Prefix, Post: true}},
		{Tone: kit.Watch, Text: "Read-only since Mar 14 because the trial ended. Your customers' links keep working.", Action: &kit.Action{Label: "Choose a plan", Href: Prefix}},
		{Tone: kit.Bad, Text: "We broke something. Nothing was saved, and what you typed is still here."},
		{Tone: kit.Calm, Text: "Support (Lee) is looking at this company until 11:00."},
	}
	return f
}

func indexFacts() []kit.Fact {
	var all []kit.Fact
	for _, s := range Sheets() {
		all = append(all, kit.Fact{Label: s.Name, Value: s.Says, Href: Prefix + s.Name})
	}
	return all
}

func phone(p kit.Problems) string {
	if len(p) > 0 {
		return "512-555-014"
	}
	return ""
}

func kind(p kit.Problems) string {
	if len(p) > 0 {
		return ""
	}
	return "wood"
}
