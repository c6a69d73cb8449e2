package api

import (
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"pgregory.net/rapid"

	"fenceplatform.com/fence/internal/platform/id"
)

// TestAppendedJSONIsTheEncoders compares what the hot documents write by themselves with the encoder.
func TestAppendedJSONIsTheEncoders(t *testing.T) {
	t.Parallel()
	text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", `"`, `\`, "\x00\x1f\x7f", "<b>&'", "é", "\u2028", "😀", "Dana Ruiz"}))
	rapid.Check(t, func(t *rapid.T) {
		page := customerPage{Items: []Customer{}}
		for range rapid.IntRange(0, 3).Draw(t, "customers") {
			page.Items = append(page.Items, drawCustomer(t, text))
		}
		if rapid.Bool().Draw(t, "more") {
			page.NextCursor = new(text.Draw(t, "cursor"))
		}
		wantSame(t, page, page)
		one := drawCustomer(t, text)
		wantSame(t, oneCustomer(one), one)
	})
}

func drawCustomer(t *rapid.T, text *rapid.Generator[string]) Customer {
	moment := func(label string) time.Time {
		return time.UnixMicro(rapid.Int64Range(0, 4e15).Draw(t, label)).UTC()
	}
	c := Customer{
		ID: id.New(), Name: text.Draw(t, "name"), Company: text.Draw(t, "company"), Email: text.Draw(t, "email"), Phone: text.Draw(t, "phone"),
		Notes: text.Draw(t, "notes"), Status: "active", CreatedAt: moment("created"), UpdatedAt: moment("updated"), Version: rapid.Int().Draw(t, "version"),
	}
	if rapid.Bool().Draw(t, "archived") {
		c.ArchivedAt = new(moment("archived at"))
	}
	if rapid.Bool().Draw(t, "by somebody") {
		c.CreatedBy = new(id.New())
	}
	return c
}

// plainPage is customerPage without its method.
type plainPage pageOf[Customer]

func wantSame(t *rapid.T, own appender, document any) {
	if page, ok := document.(customerPage); ok {
		document = plainPage(page)
	}
	want, err := json.Marshal(document)
	if err != nil {
		t.Skip("the encoder refuses this text, and so does the database")
	}
	if got := string(own.appendJSON(nil)); got != string(want) {
		t.Fatalf("got  %s\nwant %s", got, want)
	}
}

func BenchmarkEncodeFiftyCustomers(b *testing.B) {
	page := customerPage{}
	for range 50 {
		page.Items = append(page.Items, Customer{ID: id.New(), Name: "Dana Ruiz", Email: "dana@example.com", Phone: "+15125550143", Notes: "Call after six",
			Status: "active", CreatedBy: new(id.New()), CreatedAt: time.Now().UTC(), UpdatedAt: time.Now().UTC(), Version: 3})
	}
	b.Run("append", func(b *testing.B) {
		b.ReportAllocs()
		buffer := make([]byte, 0, 64<<10)
		for b.Loop() {
			buffer = page.appendJSON(buffer[:0])
		}
	})
	b.Run("encoder", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := json.Marshal(plainPage(page)); err != nil {
				b.Fatal(err)
			}
		}
	})
}
