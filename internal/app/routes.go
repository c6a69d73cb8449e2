package app

import (
	"net/http"
	"strings"
	"time"

	"fenceplatform.com/fence/internal/api"
	"fenceplatform.com/fence/internal/business/billing/stripegw"
	business "fenceplatform.com/fence/internal/business/console"
	"fenceplatform.com/fence/internal/business/payment/connectgw"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/httpx"
	"fenceplatform.com/fence/internal/ui/account"
	"fenceplatform.com/fence/internal/ui/assets"
	"fenceplatform.com/fence/internal/ui/console"
	"fenceplatform.com/fence/internal/ui/customers"
	"fenceplatform.com/fence/internal/ui/filehost"
	"fenceplatform.com/fence/internal/ui/finding"
	"fenceplatform.com/fence/internal/ui/home"
	"fenceplatform.com/fence/internal/ui/homeowner"
	"fenceplatform.com/fence/internal/ui/jobs"
	"fenceplatform.com/fence/internal/ui/joining"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/ledgers"
	"fenceplatform.com/fence/internal/ui/operators"
	"fenceplatform.com/fence/internal/ui/outbox"
	"fenceplatform.com/fence/internal/ui/plans"
	"fenceplatform.com/fence/internal/ui/prices"
	"fenceplatform.com/fence/internal/ui/quotes"
	"fenceplatform.com/fence/internal/ui/settings"
	"fenceplatform.com/fence/internal/ui/shell"
	"fenceplatform.com/fence/internal/ui/sketches"
)

// Routes are the pages of the product, by host. The accounting tests read them.
type Routes struct {
	Apex    []shell.Route
	Company []shell.Route
}

// Routes lists every page.
func (a *App) Routes(pages *shell.Pages) Routes {
	s := a.Services
	join := &joining.Handlers{Pages: pages, SignUps: s.SignUps, Identity: s.Identity}
	arrange := &settings.Handlers{Pages: pages, DB: a.db, Company: s.SignUps, Identity: s.Identity, Support: s.Support, Payments: s.Payments}
	people := &customers.Handlers{Pages: pages, Customers: s.CRM, Work: a.work}
	r := Routes{Apex: join.Apex(), Company: join.Company()}
	r.Apex = append(r.Apex, (&finding.Handlers{Pages: pages, Finder: s.Finder}).Apex()...)
	ours := &operators.Handlers{Pages: pages, Operators: s.Operators, Support: s.Support}
	r.Apex, r.Company = append(r.Apex, ours.Apex()...), append(r.Company, ours.Company()...)
	r.Apex = append(r.Apex, (&console.Handlers{Pages: pages, Console: s.Console, Operators: s.Operators}).Apex()...)
	first := &home.Handlers{Pages: pages, Quotes: s.Quoting, Jobs: s.Jobs, Company: s.SignUps, Payments: s.Payments}
	r.Company = append(r.Company, first.Routes()...)
	r.Company = append(r.Company, (&homeowner.Handlers{Pages: pages, Quotes: s.Quoting, Payments: s.Payments}).Routes()...)
	r.Company = append(r.Company, people.Routes()...)
	r.Company = append(r.Company, (&prices.Handlers{Pages: pages, DB: a.db, Prices: s.Pricing}).Routes()...)
	r.Company = append(r.Company, arrange.Routes()...)
	r.Company = append(r.Company, (&plans.Handlers{Pages: pages, DB: a.db, Billing: s.Billing, Identity: s.Identity}).Routes()...)
	r.Company = append(r.Company, (&account.Handlers{Pages: pages, Identity: s.Identity}).Routes()...)
	sell := &quotes.Handlers{Pages: pages, Quotes: s.Quoting, Customers: s.CRM, Jobs: s.Jobs, People: s.Identity, Mails: s.Notify}
	build := &jobs.Handlers{Pages: pages, Jobs: s.Jobs, Quotes: s.Quoting, Payments: s.Payments}
	r.Company = append(append(r.Company, sell.Routes()...), build.Routes()...)
	r.Company = append(r.Company, (&ledgers.Handlers{Pages: pages, Jobs: s.Jobs, Payments: s.Payments}).Routes()...)
	r.Company = append(r.Company, (&sketches.Handlers{Pages: pages, Sketches: s.Quoting, Prices: s.Pricing}).Routes()...)
	if s.outbox != nil && a.settings.Embedded() {
		r.Apex = append(r.Apex, (&outbox.Handlers{Pages: pages, Outbox: *s.outbox}).Routes()...)
	}
	r.Apex = append(r.Apex, a.devClock(pages)...)
	return r
}

// apart are the hosts that belong to no company, by label.
func (a *App) apart() map[string]http.Handler {
	hosts := map[string]http.Handler{tenancy.FilesHost: filehost.Handler(a.Services.Files.Find)}
	if a.payments != nil && a.payments.simulator != nil {
		hosts[tenancy.PayHost] = a.payments.simulator.pages()
	}
	return hosts
}

// maxBody is the largest body of a page's form or an API call.
const maxBody = 1 << 20

// uploads are the two requests that bring files: of a page and of the API.
var uploads = httpx.Uploads{
	Are: func(r *http.Request) bool {
		return r.Method == http.MethodPost && (r.URL.Path == "/v1/files" || strings.HasPrefix(r.URL.Path, "/jobs/") && strings.HasSuffix(r.URL.Path, "/photos"))
	},
	Bytes: jobs.MaxUpload, Time: jobs.UploadWithin,
}

// handler answers everything. inside, when there is one, stands between who is calling and what is asked.
func (a *App) handler(inside func(http.Handler) http.Handler) http.Handler {
	pages := &shell.Pages{Site: a.Site, Support: a.Services.Support, Notice: business.NewBoard(a.Services.Console), WriteTo: a.settings.WriteTo()}
	routes := a.Routes(pages)
	apex, company := http.NewServeMux(), http.NewServeMux()
	pages.Mount(apex, routes.Apex)
	pages.Mount(company, routes.Company)
	s := a.Services
	api.Mount(company, api.Services{
		DB: a.db, Identity: s.Identity, Company: s.SignUps, CRM: s.CRM, Pricing: s.Pricing, Quoting: s.Quoting, Jobs: s.Jobs, Payments: s.Payments, Calls: s.Calls,
	}, api.Options{Stylesheets: []string{assets.URL("app.css")}})
	for _, mux := range []*http.ServeMux{apex, company} {
		mux.HandleFunc("POST "+kit.LookPath, kit.SetLook)
		mux.HandleFunc("GET /.well-known/fence-seal-key", a.showSealKey)
		mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { pages.Refuse(w, r, fault.Missing()) })
	}
	behind := http.Handler(company)
	if inside != nil {
		behind = inside(company)
	}
	resolver := &caller.Resolver{Hosts: tenancy.NewHosts(a.db, a.Site.Base()), People: s.Identity, Operators: s.Operators, Support: s.Support, Site: a.Site, Apart: a.apart(), Refuse: pages.Refuse,
		Throttle: httpx.NewThrottle(a.settings.AddressRate, time.Now), Limits: a.limits.Limits}
	// Only the sign-up leads from one host to another.
	handsOver := httpx.Headers(a.Site.Secure(), " "+a.Site.Companies(), "")
	// Only companies' pages show what people uploaded, and only from its own host.
	// They lead to the payment provider's.
	shows := httpx.Headers(a.Site.Secure(), a.leaves(), " "+a.Site.Of(tenancy.FilesHost, ""))
	dynamic := httpx.Chain(resolver.Resolve(handsOver(apex), shows(behind)),
		httpx.SameOrigin(pages.Refuse),
		httpx.Limits(maxBody, answerWithin, uploads),
	)
	root := http.NewServeMux()
	root.Handle("GET "+assets.Prefix, assets.Handler())
	// Pages name their icon; a browser that shows a PDF asks for it here.
	root.Handle("GET /favicon.ico", http.RedirectHandler(assets.URL("mark.svg"), http.StatusFound))
	if a.payments != nil {
		root.Handle("POST "+a.Site.Base()+stripegw.WebhookPath, a.payments.hook)
	}
	if a.payments != nil && a.payments.connectHook != nil {
		root.Handle("POST "+a.Site.Base()+connectgw.WebhookPath, a.payments.connectHook)
	}
	root.Handle("/", dynamic)
	return httpx.Chain(root,
		httpx.Identify(a.proxies),
		httpx.Log(a.log, a.metrics.Observe),
		httpx.Recover(pages.Refuse),
		httpx.Headers(a.Site.Secure(), "", ""),
		httpx.Conform(pages.Refuse),
	)
}
