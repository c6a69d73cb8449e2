package prove

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"fenceplatform.com/fence/internal/prove/differ"
	"fenceplatform.com/fence/internal/prove/lab"
	"fenceplatform.com/fence/internal/prove/requests"
	"fenceplatform.com/fence/internal/prove/worlds"
	"fenceplatform.com/fence/internal/testkit"
)

// Count is how an operation fared.
type Count struct{ Asked, Done int }

// Difference is an answer that is not the same in both worlds.
type Difference struct {
	Turn      uint64
	Operation string
	Request   string
	What      string
}

func (d Difference) String() string {
	return fmt.Sprintf("turn %d, %s (%s): %s", d.Turn, d.Operation, d.Request, d.What)
}

// Pair asks two worlds the same.
type Pair struct {
	One, Two    *worlds.World
	Session     *requests.Session
	Operations  []requests.Operation
	Rewritten   worlds.Rewritten
	Counts      map[string]*Count
	Differences []Difference
	Asked       int

	dealer *worlds.Dealer
	turn   uint64
	t      *testing.T
}

// NewPair makes two worlds that differ in B's data alone, and A's session in both.
func NewPair(t *testing.T, seed uint64) *Pair {
	t.Helper()
	ground := lab.Ground(t)
	p := &Pair{t: t, Counts: map[string]*Count{}}
	p.One = worlds.Open(t, ground.Copy(t), worlds.Options{})
	p.Two = worlds.Open(t, ground.Copy(t), worlds.Options{})
	p.Rewritten = worlds.Rewrite(t, p.Two, seed)
	p.dealer = worlds.NewDealer(t, seed)
	p.begin(seed)
	return p
}

// begin reads the catalogue and signs A in.
func (p *Pair) begin(seed uint64) {
	p.t.Helper()
	description := p.One.Ask(requests.Request{Method: "GET", Path: "/v1/openapi.json", Host: requests.Alpha}.HTTP())
	var err error
	if p.Operations, err = requests.Catalogue(p.One.App, []byte(description.Body)); err != nil {
		p.t.Fatal(err)
	}
	for _, o := range p.Operations {
		p.Counts[o.Key] = &Count{}
	}
	p.Session = requests.NewSession(p.Operations, seed, p.Ask, lab.Records(testkit.A), lab.Records(testkit.B))
}

// Ask asks both worlds, does what that leaves to do, and notes what differs.
func (p *Pair) Ask(r requests.Request) (requests.Answer, []requests.Mailed) {
	p.t.Helper()
	p.turn++
	p.Asked++
	turn := p.dealer.At(p.turn)
	one := p.One.Do(p.t, turn, r)
	two := p.Two.Do(p.t, turn, r)
	p.compare(r, one, two)
	if c := p.Counts[r.Operation]; c != nil {
		c.Asked++
		if one.CarriedOut(r) {
			c.Done++
		}
	}
	if r.Method == "GET" {
		return one, nil
	}
	first, err := p.One.Settle(p.t, turn)
	second, err2 := p.Two.Settle(p.t, turn)
	if err != nil || err2 != nil {
		p.differ(r, fmt.Sprintf("tasks: %v | %v", err, err2))
	}
	if !slices.Equal(first, second) {
		p.differ(r, fmt.Sprintf("mails: %v | %v", first, second))
	}
	mails := make([]requests.Mailed, len(first))
	for i, m := range first {
		mails[i] = requests.Mailed{To: m.Recipient, Text: m.Plain}
	}
	return one, mails
}

func (p *Pair) compare(r requests.Request, one, two requests.Answer) {
	if what := differ.Compare(one, two); what != "" {
		p.differ(r, what)
	}
	if one.Status >= 500 || two.Status >= 500 {
		p.differ(r, fmt.Sprintf("a mistake of ours: %d %.300s\n%.600s", one.Status, one.Body, p.One.Trouble()+p.Two.Trouble()))
	}
}

func (p *Pair) differ(r requests.Request, what string) {
	p.Differences = append(p.Differences, Difference{p.turn, r.Operation, r.Method + " " + r.Path, what})
}

// Unreached lists operations that were carried out less often than wanted.
func (p *Pair) Unreached(times int) (lines []string) {
	for _, key := range slices.Sorted(maps.Keys(p.Counts)) {
		if c := p.Counts[key]; c.Done < times {
			lines = append(lines, fmt.Sprintf("%s: carried out %d times of %d", key, c.Done, c.Asked))
		}
	}
	return lines
}

// Share is the part of all requests that was carried out.
func (p *Pair) Share() float64 {
	asked, done := 0, 0
	for _, c := range p.Counts {
		asked, done = asked+c.Asked, done+c.Done
	}
	return float64(done) / float64(max(1, asked))
}

// Walk asks for every operation once, in order, and returns what could not be asked or was not carried out.
func (p *Pair) Walk() (failed []string) {
	for _, o := range p.Operations {
		r, err := p.Session.Valid(o.Key)
		if err != nil {
			failed = append(failed, err.Error())
			continue
		}
		if a, _ := p.Ask(r); !a.CarriedOut(r) {
			failed = append(failed, fmt.Sprintf("%s is not carried out: %d %.300s", o.Key, a.Status, a.Body))
		}
	}
	return failed
}

// Further asks what says or does more than the valid requests.
func (p *Pair) Further() (failed []string) {
	for _, o := range p.Operations {
		all, err := p.Session.Further(o.Key)
		if err != nil {
			failed = append(failed, err.Error())
		}
		for _, r := range all {
			p.Ask(r)
		}
	}
	return failed
}

// Wander asks until so many requests were made: what was carried out least before all, wrong ones between.
func (p *Pair) Wander(until int) (failed []string) {
	for p.Asked < until && len(failed) < 20 {
		r, err := p.Session.Next(func(key string) int { return p.Counts[key].Done })
		if err != nil {
			failed = append(failed, err.Error())
			continue
		}
		p.Ask(r)
		if p.Asked%2 == 0 {
			p.Ask(p.Session.Wrong(r))
		}
	}
	return failed
}

// Often asks for those operations again that were carried out less often.
func (p *Pair) Often(times int) {
	for _, o := range p.Operations {
		if p.Counts[o.Key].Done >= times {
			continue
		}
		if r, err := p.Session.Valid(o.Key); err == nil {
			p.Ask(r)
		}
	}
}
