package mutants

// alive are mutants that somebody could notice and that no probe notices yet, each with what is missing. They count
// as not killed. One that is killed comes off the list; one that is not on it fails the run.
var alive = map[string]string{
	"policy app.passkeys tenant_wall": "people of A log in without a passkey, so that each role can log in: no probe reads one",
}

// Alive is what is missing to kill a mutant that is known to live; empty: nothing, it has to be killed.
func Alive(m Mutant) string { return alive[m.Kind+" "+m.Name] }
