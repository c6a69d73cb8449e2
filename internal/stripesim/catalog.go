package stripesim

import (
	"slices"
	"strconv"
	"strings"
)

type product struct {
	head
	Active              bool              `json:"active"`
	DefaultPrice        opt               `json:"default_price"`
	Description         opt               `json:"description"`
	Images              []string          `json:"images"`
	MarketingFeatures   []feature         `json:"marketing_features"`
	Metadata            map[string]string `json:"metadata"`
	Name                string            `json:"name"`
	PackageDimensions   void              `json:"package_dimensions"`
	Shippable           void              `json:"shippable"`
	StatementDescriptor opt               `json:"statement_descriptor"`
	TaxCode             opt               `json:"tax_code"`
	Type                string            `json:"type"`
	UnitLabel           opt               `json:"unit_label"`
	Updated             int64             `json:"updated"`
	URL                 opt               `json:"url"`
}

type feature struct {
	Name string `json:"name"`
}

type price struct {
	head
	Active            bool              `json:"active"`
	BillingScheme     string            `json:"billing_scheme"`
	Currency          string            `json:"currency"`
	CustomUnitAmount  void              `json:"custom_unit_amount"`
	LookupKey         opt               `json:"lookup_key"`
	Metadata          map[string]string `json:"metadata"`
	Nickname          opt               `json:"nickname"`
	Product           string            `json:"product"`
	Recurring         *recurring        `json:"recurring"`
	TaxBehavior       string            `json:"tax_behavior"`
	TiersMode         void              `json:"tiers_mode"`
	TransformQuantity void              `json:"transform_quantity"`
	Type              string            `json:"type"`
	UnitAmount        int64             `json:"unit_amount"`
	UnitAmountDecimal string            `json:"unit_amount_decimal"`

	of *product
}

type recurring struct {
	Interval        string `json:"interval"`
	IntervalCount   int64  `json:"interval_count"`
	Meter           void   `json:"meter"`
	TrialPeriodDays void   `json:"trial_period_days"`
	UsageType       string `json:"usage_type"`
}

func (p *price) every() interval {
	if p.Recurring == nil {
		return interval{}
	}
	return interval{p.Recurring.Interval, p.Recurring.IntervalCount}
}

const (
	productTakes = "name active:bool description metadata.* images[] url unit_label statement_descriptor tax_code shippable:bool marketing_features[].name "
	priceTakes   = "active:bool metadata.* nickname lookup_key transfer_lookup_key:bool tax_behavior:exclusive|inclusive|unspecified "
	recurs       = "recurring.interval:day|week|month|year recurring.interval_count:int recurring.usage_type:licensed "
)

func catalogOperations() []operation {
	return []operation{
		{"POST /v1/products", productTakes + "name! id type:service|good default_price_data.currency default_price_data.unit_amount:int default_price_data.recurring.interval:day|week|month|year default_price_data.recurring.interval_count:int", createProduct},
		{"GET /v1/products", listed + "active:bool ids[] url shippable:bool", func(c *call) (any, *Problem) {
			ids := c.form.texts("ids")
			return page(c, c.sp.products, func(p *product) bool {
				return same(c.form, "active", strconv.FormatBool(p.Active)) && (len(ids) == 0 || slices.Contains(ids, p.ID)) && same(c.form, "url", p.URL)
			})
		}},
		{"GET /v1/products/{id}", "", func(c *call) (any, *Problem) { return found(c.sp.products.get(c.id)) }},
		{"POST /v1/products/{id}", productTakes + "default_price", updateProduct},
		{"DELETE /v1/products/{id}", "", deleteProduct},
		{"POST /v1/prices", priceTakes + recurs + "currency! product unit_amount:int unit_amount_decimal:dec billing_scheme:per_unit product_data.name product_data.active:bool product_data.id product_data.metadata.* product_data.unit_label product_data.statement_descriptor product_data.tax_code", createPrice},
		{"GET /v1/prices", listed + "active:bool currency product type:recurring|one_time lookup_keys[] recurring.interval:day|week|month|year recurring.usage_type", listPrices},
		{"GET /v1/prices/{id}", "", func(c *call) (any, *Problem) { return found(c.sp.prices.get(c.id)) }},
		{"POST /v1/prices/{id}", priceTakes, updatePrice},
	}
}

func createProduct(c *call) (any, *Problem) {
	if id := c.form.str("id"); id != "" && c.sp.products.find(id) != nil {
		return nil, coded("resource_already_exists", "id", "Product already exists.")
	}
	p := c.sp.newProduct(c.now(), c.form.str("id"), c.form)
	c.sp.emit(c.now(), "product.created", p)
	if c.form.has("default_price_data") {
		made := c.sp.newPrice(c.now(), p.ID, c.form.at("default_price_data"))
		c.sp.emit(c.now(), "price.created", made)
		p.DefaultPrice = opt(made.ID)
	}
	return p, nil
}

func (sp *space) newProduct(now int64, id string, f *form) *product {
	p := &product{head: sp.head("prod", "product", now), Active: true, Type: "service", Images: []string{}, MarketingFeatures: []feature{}, Metadata: map[string]string{}, Updated: now}
	if id != "" {
		p.ID = id
	}
	p.take(f)
	return sp.products.add(p)
}

func (p *product) take(f *form) {
	p.Name = f.or("name", p.Name)
	if f.has("active") {
		p.Active = f.yes("active")
	}
	for name, field := range map[string]*opt{"description": &p.Description, "url": &p.URL, "unit_label": &p.UnitLabel, "statement_descriptor": &p.StatementDescriptor, "tax_code": &p.TaxCode} {
		if f.has(name) {
			*field = opt(f.str(name))
		}
	}
	if f.has("images") {
		p.Images = f.texts("images")
	}
	if f.has("marketing_features") {
		p.MarketingFeatures = []feature{}
		for _, one := range f.list("marketing_features") {
			p.MarketingFeatures = append(p.MarketingFeatures, feature{one.str("name")})
		}
	}
	p.Metadata = f.metadata("metadata", p.Metadata)
}

func updateProduct(c *call) (any, *Problem) {
	p, problem := c.sp.products.get(c.id)
	if problem != nil {
		return nil, problem
	}
	if id := c.form.str("default_price"); id != "" {
		of, problem := c.sp.prices.named("default_price", id)
		if problem != nil {
			return nil, problem
		}
		if of.Product != p.ID {
			return nil, invalid("default_price", "The price specified does not belong to the product "+p.ID+".")
		}
	}
	before := was(p)
	p.take(c.form)
	if c.form.has("default_price") {
		p.DefaultPrice = opt(c.form.str("default_price"))
	}
	if changes(p, before) != nil {
		p.Updated = c.now()
	}
	c.sp.changed(c.now(), "product.updated", p, before)
	return p, nil
}

func deleteProduct(c *call) (any, *Problem) {
	p, problem := c.sp.products.get(c.id)
	if problem != nil {
		return nil, problem
	}
	if len(c.sp.prices.where(func(x *price) bool { return x.Product == p.ID })) > 0 {
		return nil, invalid("id", "This product cannot be deleted because it has one or more user-created prices.")
	}
	grave := c.sp.products.remove(p.ID, "product")
	c.sp.emit(c.now(), "product.deleted", p)
	return grave, nil
}

func createPrice(c *call) (any, *Problem) {
	f := c.form
	if f.filled("product") == f.has("product_data") {
		return nil, coded("parameter_missing", "product", "You must specify either `product` or `product_data` when creating a price.")
	}
	if !f.filled("unit_amount") && !f.filled("unit_amount_decimal") {
		return nil, coded("parameter_missing", "unit_amount", "You must specify either `unit_amount` or `unit_amount_decimal`.")
	}
	if f.has("recurring") && !f.filled("recurring.interval") {
		return nil, missing("recurring.interval")
	}
	if p := c.sp.freeLookupKey(f, ""); p != nil {
		return nil, p
	}
	id := f.str("product")
	if id != "" {
		if _, p := c.sp.products.named("product", id); p != nil {
			return nil, p
		}
	} else {
		if !f.filled("product_data.name") {
			return nil, missing("product_data.name")
		}
		made := c.sp.newProduct(c.now(), f.str("product_data.id"), f.at("product_data"))
		c.sp.emit(c.now(), "product.created", made)
		id = made.ID
	}
	made := c.sp.newPrice(c.now(), id, f)
	c.sp.emit(c.now(), "price.created", made)
	return made, nil
}

func (sp *space) newPrice(now int64, product string, f *form) *price {
	p := &price{
		head: sp.head("price", "price", now), Active: true, BillingScheme: "per_unit", Currency: strings.ToLower(f.str("currency")), Product: product,
		TaxBehavior: "unspecified", Type: "one_time", UnitAmount: f.num("unit_amount"), Metadata: map[string]string{},
	}
	if !f.filled("unit_amount") {
		whole, _ := strconv.ParseFloat(f.str("unit_amount_decimal"), 64) // judged by the spec
		p.UnitAmount = int64(whole)
	}
	p.UnitAmountDecimal = strconv.FormatInt(p.UnitAmount, 10)
	if f.has("recurring") {
		p.Type = "recurring"
		p.Recurring = &recurring{Interval: f.str("recurring.interval"), IntervalCount: f.numOr("recurring.interval_count", 1), UsageType: "licensed"}
	}
	p.of = sp.products.rows[product]
	p.take(sp, f)
	return sp.prices.add(p)
}

func (p *price) take(sp *space, f *form) {
	if f.has("active") {
		p.Active = f.yes("active")
	}
	if f.has("nickname") {
		p.Nickname = opt(f.str("nickname"))
	}
	if f.has("lookup_key") {
		for _, other := range sp.prices.all {
			if key := opt(f.str("lookup_key")); key != "" && other.LookupKey == key {
				other.LookupKey = "" // transferred: freeLookupKey has asked
			}
		}
		p.LookupKey = opt(f.str("lookup_key"))
	}
	p.TaxBehavior = f.or("tax_behavior", p.TaxBehavior)
	p.Metadata = f.metadata("metadata", p.Metadata)
}

// freeLookupKey refuses a key that another active price has, unless it is to be transferred.
func (sp *space) freeLookupKey(f *form, self string) *Problem {
	key := opt(f.str("lookup_key"))
	if key == "" || f.yes("transfer_lookup_key") {
		return nil
	}
	for _, p := range sp.prices.all {
		if p.LookupKey == key && p.ID != self {
			return invalid("lookup_key", "A price (`"+p.ID+"`) already uses that lookup key.")
		}
	}
	return nil
}

func updatePrice(c *call) (any, *Problem) {
	p, problem := c.sp.prices.get(c.id)
	if problem != nil {
		return nil, problem
	}
	if problem := c.sp.freeLookupKey(c.form, p.ID); problem != nil {
		return nil, problem
	}
	before := was(p)
	p.take(c.sp, c.form)
	c.sp.changed(c.now(), "price.updated", p, before)
	return p, nil
}

func listPrices(c *call) (any, *Problem) {
	f, keys := c.form, c.form.texts("lookup_keys")
	return page(c, c.sp.prices, func(p *price) bool {
		return same(f, "active", strconv.FormatBool(p.Active)) && same(f, "currency", p.Currency) && same(f, "product", p.Product) && same(f, "type", p.Type) &&
			same(f, "recurring.interval", p.every().unit) && (len(keys) == 0 || slices.Contains(keys, string(p.LookupKey)))
	})
}
