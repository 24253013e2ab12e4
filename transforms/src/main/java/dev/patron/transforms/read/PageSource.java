package dev.patron.transforms.read;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Pages over HTTP. Its text shows neither the address nor a header, all of which may hold secrets.
 *
 * @param name what messages and the column {@code _source} call it: what the dataset says,
 *     references in place of values
 * @param url where the first page is; a user and password in it are sent as basic authentication.
 *     Those of its parameters that the name does not show as they are count as secrets: they go
 *     with every request and are never written down
 * @param headers what is sent with every request
 * @param cursor the field of a page that says what comes next, as {@code meta.next}; null: the
 *     header {@code Link} says it
 * @param parameter the query parameter that takes the cursor
 * @param records the field of a page that holds the records; null: the page is the records, as
 *     lines or as one array
 */
public record PageSource(
    String name,
    String url,
    Map<String, String> headers,
    @Nullable String cursor,
    String parameter,
    @Nullable String records) {

  public PageSource {
    headers = new TreeMap<>(headers);
  }

  @Override
  public String toString() {
    return name;
  }
}
