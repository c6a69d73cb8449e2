package stripesim

// What differs from Stripe, on purpose. Whoever meets another difference has found a fault.
//
// Time: a test clock is advanced before its call is answered (the answer still says "advancing"). Nothing waits for
// webhooks: Stripe holds a renewal's invoice until its webhook is taken, here it is final after an hour.
//
// Money: US dollars' rules for any currency (two decimals, at least 50 cents). No taxes, coupons, tiers, credit notes,
// balance transactions but those of disputes. A cancel_at within a period gives nothing back.
//
// Retries of webhooks: after 5 and 35 minutes, then 2½, 7½, 17½, 29½, 41½, 53½, 65½ hours and three days; Stripe does not say
// when it tries again. Retries of payments are counted from the first attempt; Stripe's smart retries choose their own times.
//
// Cards: two test names are our own (pm_card_insufficientFundsThenGood declines twice, pm_card_expiring ends after next
// month). Cards that decline cannot be saved, as at Stripe, but for pm_card_chargeCustomerFail.
//
// Bank accounts: a payment takes four days and needs no verification; the subscription counts as paid until the bank says no.
//
// Subscriptions: items share one interval; cancel_at within a trial or period is exact to the second; a schedule can only be
// made from a subscription; created comes first with status incomplete, then updated with active.
//
// Checkout: the bank sees the person before anything is made, so a failed authentication leaves no subscription.
//
// Invoices: one that was paid out of band has amount_paid, and a canceled payment. A payment by bank that comes after its
// invoice was closed is kept as the customer's credit.
//
// Journal (Open): ids of requests are dealt anew; webhooks that were not sent yet are dropped.
//
// Search knows metadata['key']:'value' and email:'value', joined by AND, and is never behind.
