package shell

import (
	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/ui/kit"
)

// EndViewPath is where an owner ends looking through another role's rights.
const EndViewPath = "/view-as/end"

// viewStrip stands on every page while an owner looks through another role's rights.
func viewStrip(a tenancy.Actor) []kit.Message {
	if a.ViewsAs == "" {
		return nil
	}
	return []kit.Message{{
		Tone: kit.Watch, Text: "You see this as " + identity.Role(a.ViewsAs).Label() + ". Nothing can be changed until you end it.",
		Action: &kit.Action{Label: "End viewing", Href: EndViewPath, Post: true},
	}}
}
