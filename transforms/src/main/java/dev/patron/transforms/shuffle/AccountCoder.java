package dev.patron.transforms.shuffle;

import dev.patron.features.accounts.Account;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.values.TypeDescriptor;

/** Encodes an {@link Account} as its counts in the order of their declaration. */
public final class AccountCoder extends AtomicCoder<Account> {
  private static final AccountCoder INSTANCE = new AccountCoder();

  private AccountCoder() {}

  /** The coder. */
  public static AccountCoder of() {
    return INSTANCE;
  }

  @Override
  public void encode(Account account, OutputStream out) throws IOException {
    for (Account.Count count : Account.Count.values()) {
      VarLongCoder.of().encode(account.get(count), out);
    }
  }

  @Override
  public Account decode(InputStream in) throws IOException {
    Account account = new Account();
    for (Account.Count count : Account.Count.values()) {
      account.count(count, VarLongCoder.of().decode(in));
    }
    return account;
  }

  @Override
  public void verifyDeterministic() {}

  @Override
  public boolean consistentWithEquals() {
    return true;
  }

  @Override
  public TypeDescriptor<Account> getEncodedTypeDescriptor() {
    return TypeDescriptor.of(Account.class);
  }

  private Object readResolve() {
    return INSTANCE;
  }
}
