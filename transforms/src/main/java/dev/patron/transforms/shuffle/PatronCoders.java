package dev.patron.transforms.shuffle;

import dev.patron.features.accounts.Account;
import dev.patron.features.frame.Frame;
import java.util.List;
import org.apache.beam.sdk.coders.CoderProvider;
import org.apache.beam.sdk.coders.CoderProviderRegistrar;
import org.apache.beam.sdk.coders.CoderProviders;
import org.apache.beam.sdk.values.TypeDescriptor;

/** Tells every pipeline how frames and accounts are encoded, so that no transform has to. */
public final class PatronCoders implements CoderProviderRegistrar {
  @Override
  public List<CoderProvider> getCoderProviders() {
    return List.of(
        CoderProviders.forCoder(TypeDescriptor.of(Frame.class), FrameCoder.of()),
        CoderProviders.forCoder(TypeDescriptor.of(Account.class), AccountCoder.of()));
  }
}
