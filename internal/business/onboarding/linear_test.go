package onboarding_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"

	"fenceplatform.com/fence/internal/business/onboarding"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/testkit"
	"fenceplatform.com/fence/internal/testkit/history"
)

// The addresses of one name: it, and then numbered ones, each for one. A form that is sent again leads to the same. An
// address that somebody is claiming at that moment counts as taken, so one may be passed over; none is given twice.
type (
	claimDeed struct {
		what  string // sign up, look
		form  int    // of sign up: which one is sent
		place int    // of look: which address
	}
	claimEnd struct {
		place int // that was given
		there bool
	}
	claimNow struct {
		taken [places]bool
		given [forms]int // the address of each form, from 1
	}
)

const (
	forms = 5
	// places are the addresses before those with random letters.
	places = 6
)

var claims = history.Model[claimNow, claimDeed, claimEnd]{Step: func(now claimNow, in claimDeed, out claimEnd) (claimNow, bool) {
	switch {
	case in.what == "look":
		return now, out.there == now.taken[in.place]
	case now.given[in.form] > 0:
		return now, out.place == now.given[in.form]-1
	case out.place < 0 || now.taken[out.place]:
		return now, false
	}
	now.taken[out.place], now.given[in.form] = true, out.place+1
	return now, true
}}

// rush are people who found companies of one name.
type rush struct {
	bundle
	name string
	slug string
	keys [forms]string
	h    history.History[claimDeed, claimEnd]
}

func (b bundle) rush(name string) *rush {
	r := &rush{bundle: b, name: name, slug: onboarding.SlugOf(name)}
	for n := range r.keys {
		r.keys[n] = id.New().String()
	}
	return r
}

// address is the address of a place: oak-fence, oak-fence-2, oak-fence-3.
func (r *rush) address(place int) string {
	if place == 0 {
		return r.slug
	}
	return r.slug + "-" + strconv.Itoa(place+1)
}

func (r *rush) place(t *testing.T, slug string) int {
	for place := range places {
		if slug == r.address(place) {
			return place
		}
	}
	t.Errorf("%s was given", slug)
	return -1
}

func (r *rush) signUp(t *testing.T, form int) claimEnd {
	in := input(r.name)
	in.Key, in.Email = r.keys[form], fmt.Sprintf("kim%d@oak.example", form)
	done, err := r.signUps.SignUp(t.Context(), fromTest, in)
	if err != nil {
		t.Errorf("sign up: %v", err)
		return claimEnd{place: -1}
	}
	return claimEnd{place: r.place(t, done.Organization.Slug)}
}

func (r *rush) there(t *testing.T, place int) claimEnd {
	_, err := r.hosts.Find(t.Context(), r.address(place))
	if err != nil && !fault.Is(err, fault.NotFound) {
		t.Errorf("look: %v", err)
	}
	return claimEnd{there: err == nil}
}

// Companies of one name are founded by six at once, some forms twice, while others look which addresses there are: each
// answer is one that somebody could have got who was alone.
func TestClaimingAnAddressIsAsIfOneAfterTheOther(t *testing.T) {
	t.Parallel()
	b := setup(t)
	deeds := 0
	b.db.Untouched(t, testkit.B, func() {
		for n := range history.Count() {
			r := b.rush(fmt.Sprintf("Oak %d Fence", n))
			history.Together(6, 4, func(client, deed int) {
				dice := rand.New(rand.NewPCG(uint64(n), uint64(client*100+deed)))
				in := claimDeed{what: "look", place: dice.IntN(forms)}
				if dice.IntN(2) == 0 {
					in = claimDeed{what: "sign up", form: dice.IntN(forms)}
				}
				r.h.Do(client, in, func() claimEnd {
					if in.what == "look" {
						return r.there(t, in.place)
					}
					return r.signUp(t, in.form)
				})
			})
			claims.Judge(t, &r.h)
			deeds += r.h.Len()
		}
	})
	t.Logf("%d histories, %d deeds", history.Count(), deeds)
}

// The same judgment on an address that is looked up before it is given: it finds out.
func TestAddressThatIsLookedUpFirstIsFoundOut(t *testing.T) {
	t.Parallel()
	b := setup(t)
	r := b.rush("Oak Fence")
	var looked sync.WaitGroup
	looked.Add(2)
	history.Together(2, 1, func(client, _ int) {
		r.h.Do(client, claimDeed{what: "sign up", form: client}, func() claimEnd {
			free := 0
			for r.there(t, free).there {
				free++
			}
			looked.Done()
			looked.Wait()
			r.signUp(t, client)
			return claimEnd{place: free} // as it was promised
		})
	})
	if claims.Holds(t, &r.h) {
		t.Errorf("one address for two is explained:\n%s", &r.h)
	}
}
