package kit

// Tone is the meaning of a color. It never stands alone: whatever has a tone has an icon and a word too.
type Tone string

// The tones of chips and strips.
const (
	Calm  Tone = "calm"  // nothing to do: draft, archived, replaced
	Info  Tone = "info"  // under way: sent, viewed
	Good  Tone = "good"  // accepted, paid, clear
	Watch Tone = "watch" // needs a look
	Bad   Tone = "bad"   // refused, overdue
)

// Chip is a state in one word with its icon.
type Chip struct {
	Word string
	Tone Tone
	Icon string // empty takes the tone's own
}

func (c Chip) icon() string {
	if c.Icon != "" {
		return c.Icon
	}
	return c.Tone.icon()
}

func (t Tone) icon() string {
	switch t {
	case Info:
		return "info"
	case Good:
		return "circle-check"
	case Watch:
		return "triangle-alert"
	case Bad:
		return "circle-x"
	}
	return "circle-dot"
}
