package oldshop

import (
	"fmt"
	"strings"
)

// conversion is the organization of the half-run conversion: some rows have it, some do not yet.
const conversion = "5f1c2d3e-0000-4000-8000-000000000001"

func (m *maker) customer(n int) []any {
	m.customers = n
	if m.sometimes(4) {
		m.planted.Bad["customers"]++ // nothing but the key
		return append([]any{n}, make([]any, 19)...)
	}
	last := any(m.one("Ruiz", "Carter", "Natarajan", "Smith", "van der Berg", "Łukasz"))
	if m.sometimes(5) {
		last = strings.Repeat("Long", 40)
	}
	return []any{
		n, m.or(400, conversion), m.or(30, m.name()), m.or(30, last), m.or(800, m.one("Oak Homes LLC", "Ruiz & Sons", "")), m.email(n), m.phone(),
		m.or(100, fmt.Sprintf("%d %s", 1+m.IntN(9999), m.one("Oak St", "Live Oak Ln", "Barton Springs Rd"))), m.or(900, "4"), m.or(200, m.one("Austin", "New York", "austin")),
		m.or(100, m.one("TX", "tx", "Texas", "NY", "XX")), m.zip(), m.or(100, m.one("active", "Active", "inactive", "ARCHIVED", "vip?")), m.words(), m.date(), m.or(300, m.moment()),
		m.or(500, m.one("gold", "silver")), m.or(700, []string{"repeat", m.one("hoa", "pool")}), m.or(400, float64(m.IntN(100000))/100+0.1+0.2),
		m.or(700, m.one(`{"contact": "mail", "hours": [9, 17]}`, `{"a": 1, "a": 2}`, `"\u0000"`, `[1.50, 1e3]`)),
	}
}

// lead stands in a table without a key: ids come twice, and whole rows do.
func (m *maker) lead(n int) []any {
	if n == 1 {
		m.last = nil
	}
	row, twin := m.again(8, func() []any {
		m.leads = n
		if m.sometimes(4) {
			return append([]any{n}, make([]any, 15)...)
		}
		key := any(n)
		if m.sometimes(6) && n > 1 {
			key = n - 1 // another lead has it
		}
		return []any{
			m.or(3, key), m.or(300, m.customerText()), m.or(50, m.name()+" "+m.one("Ruiz", "Carter")), m.email(n), m.phone(), m.words(), m.or(500, "Austin"), m.zip(),
			m.or(50, m.one("new", "Contacted", "won", "lost", "closed-won", "Spam", "in process", "quoted", "zombie")), m.or(100, m.one("web", "Phone", "Google Ads", "Angi", "word of mouth", "billboard")),
			m.words(), m.or(300, m.one("120", "85.5", "about 100", "0", "200 ft")), m.dollars(m.IntN(20000)), m.date(), m.or(700, "spring"), m.or(500, float32(m.IntN(100))/3),
		}
	})
	if twin || row[1] == nil && row[2] == nil && isEmpty(row[1:]) {
		m.planted.Bad["leads"]++
	}
	return row
}

func isEmpty(cells []any) bool {
	for _, c := range cells {
		if c != nil {
			return false
		}
	}
	return true
}

// customerText is a reference as old programs write it: sometimes to nobody.
func (m *maker) customerText() string {
	n := 1 + m.IntN(m.customers)
	switch {
	case m.sometimes(20):
		return fmt.Sprint(n + 10_000_000)
	case m.sometimes(30):
		return fmt.Sprintf("%d.0", n)
	case m.sometimes(30):
		return fmt.Sprintf(" %d ", n)
	}
	return fmt.Sprint(n)
}

func (m *maker) customerNumber() int {
	n := 1 + m.IntN(m.customers)
	if m.sometimes(20) {
		n += 10_000_000
	}
	return n
}

func (m *maker) uuid() string {
	return fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", m.Uint32(), m.IntN(1<<16), m.IntN(1<<12), m.IntN(1<<12), m.Uint64N(1<<48))
}

func (m *maker) appointment(int) []any {
	start := any(m.moment().Format(m.one("2006-01-02 15:04", "1/2/2006 3:04 PM", "2006-01-02T15:04:05Z")))
	if m.sometimes(10) {
		start = m.or(500, m.one("TBD", "ask Sam"))
		m.planted.Bad["appointments"]++
	}
	return []any{
		m.uuid(), m.or(400, 1+m.IntN(m.leads)), m.or(200, m.customerNumber()), m.or(100, m.one("Site Visit", "install", "estimate", "Repair", "party")),
		m.or(100, m.one("scheduled", "Completed", "canceled", "no-show", "maybe")), start, m.or(400, []int{30, 60, 240, -5, 100_000}[m.IntN(5)]), m.words(), m.words(),
		m.or(50, m.moment()), m.or(500, m.one("#ff0000", "blue")), m.or(500, m.IntN(6)), m.or(500, m.sometimes(100)),
	}
}

func (m *maker) quote(n int) []any {
	key := m.uuid()
	if m.sometimes(900) {
		m.quotes = append(m.quotes, key)
	}
	total := float64(m.IntN(3_000_000)) / 100
	return []any{
		key, m.or(50, fmt.Sprintf("Q-%d", n-m.IntN(2))), m.or(20, m.customerNumber()), m.or(500, 1+m.IntN(m.leads)),
		m.or(20, m.one("draft", "Sent", "ACCEPTED", "approved", "declined", "expired", "on hold")), m.words(), m.or(300, float32(total)), m.dollars(m.IntN(900)),
		m.or(30, total+0.1+0.2-0.3), m.or(700, fmt.Sprintf("%d.%04d", m.IntN(500), m.IntN(10_000))), m.date(), m.or(300, m.moment()), m.or(700, m.moment()), m.moment(),
		m.or(200, `[{"item": "Picket", "qty": 297, "price": 2.85}]`), m.or(800, "1 year 6 mons"), m.or(950, []byte("\x89PNG\x00\xff")),
	}
}

// calculation stands in a table without any id: its content is its key.
func (m *maker) calculation(n int) []any {
	if n == 1 {
		m.last = nil
	}
	row, twin := m.again(10, func() []any {
		return []any{
			m.or(200, m.customerNumber()), m.or(200, strings.ToUpper(m.quotes[m.IntN(len(m.quotes))])), m.or(100, m.one("resale", "TCO", "comparison", "magic")),
			m.or(100, m.one(`{"length": 150, "material": "wood"}`, `[1, 2]`, `{"years": 20}`)), m.or(50, fmt.Sprintf(`{"npv": %d.50, "n": %d}`, m.IntN(9000), n)), m.dollars(m.IntN(12000)),
			m.or(100, fmt.Sprintf("%d.%d", m.IntN(90), m.IntN(10))), m.or(300, m.one("7.9", "never", "12")), m.or(50, m.moment()), m.or(800, "wife"),
		}
	})
	if twin {
		m.planted.Bad["roi_calculations"]++
	}
	return row
}

func (m *maker) approval(n int) []any {
	quote := any(m.quotes[m.IntN(len(m.quotes))])
	if m.sometimes(15) {
		quote = m.or(500, m.uuid())
		m.planted.Bad["pricing_approvals"]++
	}
	return []any{
		n, quote, m.or(20, m.one("approved", "Rejected", "pending", "denied", "escalated")), m.or(100, m.one("5", "12.5%", "7.123", "a lot", "150")),
		m.or(300, fmt.Sprintf("%d.%02d", m.IntN(9000), m.IntN(100))), m.or(50, m.name()), m.or(300, m.name()), m.words(), m.moment(), m.or(400, m.moment()), m.or(900, "C0FFEE/p1"),
	}
}
