// Command routes prints every page and form of the product, one a line: host, method, pattern. The browser
// tests hold their walks against it, so that no page comes without a test.
package main

import (
	"fmt"

	"fenceplatform.com/fence/internal/app"
	"fenceplatform.com/fence/internal/ui/devclock"
	"fenceplatform.com/fence/internal/ui/outbox"
	"fenceplatform.com/fence/internal/ui/shell"
)

func main() {
	all := new(app.App).Routes(&shell.Pages{})
	apex := append(all.Apex, new(outbox.Handlers).Routes()...) // only beside a private database
	apex = append(apex, new(devclock.Handlers).Routes()...)
	for host, routes := range map[string][]shell.Route{"apex": apex, "company": all.Company} {
		for _, r := range routes {
			fmt.Println(host, r.Pattern)
		}
	}
}
