// Command fence is the whole product: server, migrations, engine and checks.
package main

import (
	"os"
	_ "time/tzdata" // zones are part of the program, not of the machine

	"fenceplatform.com/fence/internal/cli"
)

func main() { os.Exit(cli.Run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
