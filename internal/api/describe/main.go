// Command describe writes openapi.yaml, the description of the API that is committed beside it. It runs in the
// folder of package api, by go generate.
package main

import (
	"fmt"
	"os"

	"fenceplatform.com/fence/internal/api"
)

func main() {
	if err := os.WriteFile("openapi.yaml", api.Description(), 0o644); err != nil {
		fmt.Fprintln(os.Stderr, "describe:", err)
		os.Exit(1)
	}
}
