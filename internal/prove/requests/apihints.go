package requests

import (
	"fmt"
	"strings"
)

const yard = `{"nodes":[{"id":"A","x":0,"y":40},{"id":"B","x":0,"y":0},{"id":"C","x":60,"y":0},{"id":"D","x":60,"y":40}],` +
	`"segments":[{"id":"s1","from":"A","to":"B"},{"id":"s2","from":"B","to":"C"},{"id":"s3","from":"C","to":"D"}],` +
	`"gates":[{"id":"g1","segment":"s1","offset_ft":8,"opening_in":48,"kind":"walk"}],` +
	`"style":{"kind":"wood","height_ft":6,"post_spacing_ft":8,"rails":3}}`

const priced = `{"layout":` + yard + `,"prices":{"items":{"picket":{"cost_cents":285},"rail":{"cost_cents":525},"screw":{"cost_cents":3400,"pack":500},` +
	`"gate_picket":{"cost_cents":285},"post_line":{"cost_cents":1250},"post_end":{"cost_cents":1250},"post_corner":{"cost_cents":1250},"post_gate":{"cost_cents":3800},` +
	`"gate_kit":{"cost_cents":6500},"concrete_bag":{"cost_cents":620}}},"method":{"kind":"margin","pct":35}}`

// newCustomer makes a customer with a property.
func (s *Session) newCustomer() (customer, property string) {
	n := s.next()
	a := s.do(s.api("POST /v1/customers", "/v1/customers", fmt.Sprintf(
		`{"name":"Customer %d","phone":"512-555-0%03d","email":"c%d@homes.example","property":{"street":"%d Elm St","zip":"78701"}}`, n, n%1000, n, n)))
	customer, property = field(a.Body, "id"), field(a.Body, "property.id")
	s.know("customers", customer)
	s.know("properties", property)
	return customer, property
}

// customerBut is a new customer, archived or not.
func customerBut(key string) hint {
	return func(s *Session) Request {
		customer, property := s.newCustomer()
		s.leave("customers", customer)
		s.leave("properties", property)
		return s.api(key, strings.Replace(s.Operations[key].Pattern, "{id}", customer, 1), "")
	}
}

func propertyBut(key string) hint {
	return func(s *Session) Request {
		_, property := s.newCustomer()
		s.leave("properties", property)
		return s.api(key, strings.Replace(s.Operations[key].Pattern, "{id}", property, 1), "")
	}
}

// changed is a hint for a change of one record, at the version that it has.
func changed(key, kind string, body func(s *Session) string) hint {
	return func(s *Session) Request {
		pattern := s.Operations[key].Pattern
		path := strings.Replace(pattern, "{id}", s.some(kind), 1)
		return s.matched(s.api(key, path, body(s)), "GET "+pattern, path)
	}
}

func words(texts ...string) func(*Session) string {
	return func(s *Session) string { return fmt.Sprintf(s.pick(texts...), s.next()) }
}

func zoneBody(s *Session) string {
	return fmt.Sprintf(`{"name":"Hills %d","factors":{"material_factor":1,"labor_factor":1.%d,"equipment_factor":1},"members":[{"kind":"zip5","low":"%05d"}]}`,
		s.next(), 1+s.rng.IntN(9), 10000+s.next()%80000)
}

func (s *Session) newZone() string {
	id := field(s.do(s.api("POST /v1/pricing-zones", "/v1/pricing-zones", zoneBody(s))).Body, "id")
	s.leave("pricing-zones", id)
	return id
}

// styleBody is a style with what is bought for each item.
func styleBody(s *Session) string {
	var items []string
	for _, item := range []string{"picket", "rail", "screw", "gate_picket", "post_line", "post_end", "post_corner", "post_tee", "post_gate", "gate_kit", "concrete_bag"} {
		items = append(items, fmt.Sprintf("%q:%q", item, s.known.Own["materials"]))
	}
	return fmt.Sprintf(`{"name":"Cedar %d","document":{"kind":"wood","height_ft":6},"materials":{%s}}`, s.next(), strings.Join(items, ","))
}

// programs is the log-in of a program.
func (s *Session) programs() Request {
	return s.api("POST /v1/login", "/v1/login", fmt.Sprintf(`{"email":"office@a.example","password":%q}`, Password))
}

// apiHints say how valid requests of the API are made, but for quotes.
var apiHints = map[string]hint{
	"POST /v1/login": func(s *Session) Request {
		return s.api("POST /v1/login", "/v1/login", fmt.Sprintf(`{"email":"%s@a.example","password":%q}`, s.pick("owner", "admin", "office", "crew"), Password))
	},
	"POST /v1/logout": func(s *Session) Request {
		return s.api("POST /v1/logout", "/v1/logout", "").As(Login{Bearer: field(s.do(s.programs()).Body, "access_token")})
	},
	"POST /v1/token/refresh": func(s *Session) Request {
		return s.api("POST /v1/token/refresh", "/v1/token/refresh", fmt.Sprintf(`{"refresh_token":%q}`, field(s.do(s.programs()).Body, "refresh_token")))
	},
	"POST /v1/invitations": func(s *Session) Request {
		return s.api("POST /v1/invitations", "/v1/invitations", fmt.Sprintf(`{"email":"invited%d@a.example","role":%q}`, s.next(), s.pick("crew", "office", "estimator")))
	},
	"POST /v1/api-keys": func(s *Session) Request {
		return s.api("POST /v1/api-keys", "/v1/api-keys", fmt.Sprintf(`{"name":"Importer %d","scopes":["customers.write","quotes.read"]}`, s.next()))
	},
	"DELETE /v1/api-keys/{id}": func(s *Session) Request {
		a := s.do(s.api("POST /v1/api-keys", "/v1/api-keys", fmt.Sprintf(`{"name":"Short-lived %d","scopes":["customers.read"]}`, s.next())))
		return s.api("DELETE /v1/api-keys/{id}", "/v1/api-keys/"+field(a.Body, "id"), "")
	},

	"GET /v1/customers": func(s *Session) Request {
		return s.api("GET /v1/customers", s.pick("/v1/customers", "/v1/customers?status=archived", "/v1/customers?q=elm", "/v1/customers?q=SENTINEL", "/v1/customers?q=555-0143", "/v1/customers?limit=3"), "")
	},
	"POST /v1/customers": func(s *Session) Request {
		n := s.next()
		return s.api("POST /v1/customers", "/v1/customers", fmt.Sprintf(`{"name":"Ana %d","phone":"512-555-0%03d","property":{"street":"%d Oak St","zip":"78701"}}`, n, n%1000, n))
	},
	"PATCH /v1/customers/{id}":           changed("PATCH /v1/customers/{id}", "customers", words(`{"notes":"Call before %d"}`, `{"company":"Company %d"}`)),
	"POST /v1/customers/{id}/archive":    customerBut("POST /v1/customers/{id}/archive"),
	"POST /v1/customers/{id}/restore":    customerBut("POST /v1/customers/{id}/restore"),
	"GET /v1/customers/{id}/properties":  at("GET /v1/customers/{id}/properties", "customers", ""),
	"POST /v1/customers/{id}/properties": at("POST /v1/customers/{id}/properties", "customers", `{"street":"2 Elm St","zip":"78701"}`),
	"PATCH /v1/properties/{id}":          changed("PATCH /v1/properties/{id}", "properties", words(`{"gate_code":"%d","has_dog":true}`)),
	"POST /v1/properties/{id}/archive":   propertyBut("POST /v1/properties/{id}/archive"),
	"POST /v1/properties/{id}/restore":   propertyBut("POST /v1/properties/{id}/restore"),
	"POST /v1/takeoff":                   fixed("POST /v1/takeoff", yard),
	"POST /v1/price":                     fixed("POST /v1/price", priced),
	"POST /v1/roi":                       fixed("POST /v1/roi", `{"kind":"loan","principal_cents":500000,"apr":0.1,"months":24}`),
	"GET /v1/properties/{id}/sketches":   at("GET /v1/properties/{id}/sketches", "properties", ""),
	"POST /v1/properties/{id}/price":     at("POST /v1/properties/{id}/price", "properties", `{"layout":`+yard+`}`),
	"POST /v1/sketches/{id}/price":       at("POST /v1/sketches/{id}/price", "sketches", ""),
	"PUT /v1/sketches/{id}":              changed("PUT /v1/sketches/{id}", "sketches", words(`{"layout":`+yard+`,"extras":{"runs":{"s1":{"name":"Left %d","measured":true}}}}`)),
	"POST /v1/materials": func(s *Session) Request {
		return s.api("POST /v1/materials", "/v1/materials", words(`{"name":"Steel post %d","unit":"each","cost_cents":2900,"pack":1}`)(s))
	},
	"PUT /v1/materials/{id}": changed("PUT /v1/materials/{id}", "materials", words(`{"name":"Picket %d","unit":"each","cost_cents":300,"pack":1}`)),
	"POST /v1/styles/{id}/copy": func(s *Session) Request {
		return s.api("POST /v1/styles/{id}/copy", "/v1/styles/"+s.some("styles")+"/copy", words(`{"name":"Pine privacy %d"}`)(s))
	},
	"PUT /v1/styles/{id}": changed("PUT /v1/styles/{id}", "styles", styleBody),
	"PUT /v1/tiers/{id}": func(s *Session) Request {
		tier := "/v1/tiers/" + s.known.Own["tiers"]
		return s.matched(s.api("PUT /v1/tiers/{id}", tier, fmt.Sprintf(`{"name":"Premium","style_id":%q,"base_charge_cents":59900,"adjustment_pct":5,"summary":"Better %d","differences":[],"warranty_years":5}`, s.known.Own["styles"], s.next())),
			"GET /v1/tiers/{id}", tier)
	},
	"PUT /v1/price-settings/rates": func(s *Session) Request {
		return s.matched(s.api("PUT /v1/price-settings/rates", "/v1/price-settings/rates", fmt.Sprintf(`{"labor":{"rate_cents_per_hour":%d,"per_post_hours":0.75,"per_ft_hours":0.12,"per_gate_hours":2},`+
			`"removal_cents_per_ft":350,"overhead_pct":12,"method":{"kind":"margin","pct":35},"travel":{"free_miles":25,"step_miles":5,"step_cents":350},"minimum_job_cents":0}`, 4200+s.rng.IntN(200))), "GET /v1/price-settings", "/v1/price-settings")
	},
	"PUT /v1/price-settings/offer": func(s *Session) Request {
		return s.matched(s.api("PUT /v1/price-settings/offer", "/v1/price-settings/offer", fmt.Sprintf(`{"tax":{"mode":"none","rate":0},"deposit_pct":30,"deposit_text":"","validity_days":%d,`+
			`"recommended_tier":"premium","included":["Labor"],"not_included":["Rock"],"terms":"","cancellation_notice":""}`, 20+s.rng.IntN(20))), "GET /v1/price-settings", "/v1/price-settings")
	},
	"POST /v1/pricing-zones":     func(s *Session) Request { return s.api("POST /v1/pricing-zones", "/v1/pricing-zones", zoneBody(s)) },
	"PUT /v1/pricing-zones/{id}": changed("PUT /v1/pricing-zones/{id}", "pricing-zones", zoneBody),
	"DELETE /v1/pricing-zones/{id}": func(s *Session) Request {
		path := "/v1/pricing-zones/" + s.newZone()
		return s.matched(s.api("DELETE /v1/pricing-zones/{id}", path, ""), "GET /v1/pricing-zones/{id}", path)
	},
	"GET /v1/pricing-zones/match": func(s *Session) Request {
		return s.api("GET /v1/pricing-zones/match", "/v1/pricing-zones/match?zip="+s.pick("78701", "10001", "10017"), "")
	},
	"GET /v1/audit-entries": func(s *Session) Request {
		return s.api("GET /v1/audit-entries", "/v1/audit-entries?record_type=customer&record_id="+s.some("customers"), "")
	},
}

// fixed is a hint for a request that names no record.
func fixed(key, body string) hint {
	return func(s *Session) Request { return s.api(key, s.Operations[key].Pattern, body) }
}
