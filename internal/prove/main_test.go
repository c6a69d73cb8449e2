package prove

import (
	"flag"
	"os"
	"testing"

	"fenceplatform.com/fence/internal/testkit"
)

// The long form is asked for by flags; `make prove` does.
var (
	long     = flag.Bool("long", false, "the long form: every mode, every mutant, and the certificate")
	progress = flag.String("progress", "", "file in which a run keeps what it did, to go on from there")
	seed     = flag.Uint64("seed", 20260101, "what everything by chance comes from")
)

func TestMain(m *testing.M) { os.Exit(testkit.Main(m)) }
