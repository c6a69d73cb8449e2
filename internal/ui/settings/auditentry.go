package settings

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/ui/kit"
)

// recordPages are the records that have a page of their own.
var recordPages = map[string]string{
	"customer": "/customers/", "property": "/properties/", "sketch": "/sketches/", "quote": "/quotes/", "job": "/jobs/", "material": "/materials/",
	"style": "/styles/", "zone": "/zones/",
}

// entry is one deed of the log with both sides.
type logEntry struct {
	Title string
	Facts []kit.Fact
	Sides []side
}

// side is a member of the record before and after.
type side struct{ Name, Before, After string }

func entryOf(e audit.Entry, zone *time.Location) logEntry {
	at := e.At.In(zone)
	record := kit.Fact{Label: "Record", Value: recordName(e)}
	if path := recordPages[e.RecordType]; path != "" {
		record.Href = path + e.RecordID.String()
	}
	out := logEntry{Title: actionWords(e.Action), Facts: []kit.Fact{
		{Label: "Who", Value: who(e)}, {Label: "When", Value: at.Format("Mon, Jan 2, 2006"), Note: at.Format("3:04:05 PM MST")}, record,
		{Label: "Entry", Value: strconv.FormatInt(e.Seq, 10), Figure: true},
	}}
	if e.RequestID != "" {
		out.Facts = append(out.Facts, kit.Fact{Label: "Request", Value: e.RequestID})
	}
	var names []string
	for _, members := range []map[string]any{e.Before, e.After} {
		for name := range members {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	for _, name := range names {
		out.Sides = append(out.Sides, side{memberWords(name), written(e.Before, name), written(e.After, name)})
	}
	return out
}

func recordName(e audit.Entry) string {
	name := actionWords(e.RecordType)
	for _, members := range []map[string]any{e.After, e.Before} {
		for _, key := range []string{"number", "name", "email"} {
			if text, ok := members[key].(string); ok && text != "" {
				return name + " " + text
			}
		}
	}
	if e.RecordID == id.Nil {
		return name
	}
	return name + " " + e.RecordID.String()[28:]
}

func memberWords(name string) string {
	name = strings.TrimSuffix(name, "_cents")
	return actionWords(name)
}

// written is a member as people read it: money in dollars, nothing as nothing.
func written(members map[string]any, name string) string {
	v, there := members[name]
	switch v := v.(type) {
	case nil:
		if there {
			return "none"
		}
		return ""
	case string:
		return v
	case bool:
		if v {
			return "yes"
		}
		return "no"
	case float64:
		if strings.HasSuffix(name, "_cents") {
			return fmt.Sprintf("$%.2f", v/100)
		}
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	text, err := json.Marshal(v, json.Deterministic(true))
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(text)
}
