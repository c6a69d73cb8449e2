package stripesim_test

import (
	"testing"

	"fenceplatform.com/fence/internal/stripesim"
)

// BenchmarkTwoYearsOfTwentyCompanies is what a seed of the billing simulation costs on this side.
func BenchmarkTwoYearsOfTwentyCompanies(b *testing.B) {
	for b.Loop() {
		w := &walker{t: &testing.T{}, sim: stripesim.New(stripesim.Config{Seed: 1})}
		price := w.call("POST", "/v1/prices", "currency=usd&unit_amount=14900&product_data[name]=Growth&recurring[interval]=month")["id"].(string)
		for range 20 {
			cus := w.call("POST", "/v1/customers", "")["id"].(string)
			m := w.call("POST", "/v1/payment_methods/pm_card_visa/attach", "customer="+cus)["id"].(string)
			w.call("POST", "/v1/subscriptions", "customer="+cus+"&items[0][price]="+price+"&default_payment_method="+m)
		}
		w.sim.Advance(w.sim.Now().AddDate(2, 0, 0))
	}
}
