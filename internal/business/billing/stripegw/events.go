package stripegw

// events are what Stripe tells us of. Each makes its customer dirty; what else follows is billing's to say. Those
// without a customer (prices, products) are kept for people to see.
var events = []string{
	"checkout.session.completed", "checkout.session.async_payment_succeeded", "checkout.session.async_payment_failed", "checkout.session.expired",
	"customer.updated", "customer.deleted",
	"customer.subscription.created", "customer.subscription.updated", "customer.subscription.deleted", "customer.subscription.paused", "customer.subscription.resumed",
	"customer.subscription.trial_will_end", "customer.subscription.pending_update_applied", "customer.subscription.pending_update_expired",
	"invoice.created", "invoice.finalized", "invoice.finalization_failed", "invoice.paid", "invoice.payment_succeeded", "invoice.payment_failed", "invoice.payment_action_required",
	"invoice.upcoming", "invoice.updated", "invoice.marked_uncollectible", "invoice.voided", "invoice.overdue", "invoice.will_be_due", "invoice_payment.paid",
	"payment_method.attached", "payment_method.updated", "payment_method.automatically_updated", "payment_method.detached", "setup_intent.succeeded",
	"charge.refunded", "refund.updated", "refund.failed",
	"charge.dispute.created", "charge.dispute.updated", "charge.dispute.closed", "charge.dispute.funds_withdrawn", "charge.dispute.funds_reinstated", "radar.early_fraud_warning.created",
	"subscription_schedule.updated", "subscription_schedule.released", "subscription_schedule.canceled", "subscription_schedule.completed", "subscription_schedule.aborted",
	"price.updated", "price.deleted", "product.updated", "product.deleted",
}
