/** What a customer will buy and spend: models of the customer base, their fits and forecasts. */
@NullMarked
package dev.patron.features.clv;

import org.jspecify.annotations.NullMarked;
