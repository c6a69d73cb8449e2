package onboarding_test

import (
	"os"
	"testing"
	_ "time/tzdata"

	"fenceplatform.com/fence/internal/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Main(m)) }
