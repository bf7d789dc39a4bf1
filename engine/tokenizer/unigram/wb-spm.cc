#include "config.h"

#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include <sentencepiece_processor.h>
#include <sentencepiece_trainer.h>

#include "engine/core/wb-engine-error.h"
#include "engine/tokenizer/unigram/wb-spm.h"

struct _WbSpm
{
  sentencepiece::SentencePieceProcessor processor;
};

namespace
{

void
set_error (GError **error, const char *what)
{
  g_autofree char *text = g_utf8_make_valid (what, -1);

  g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID, "SentencePiece: %s", text);
}

/* Runs @body, which returns a Status; whatever it throws becomes a GError. */
template <typename Body>
bool
guarded (GError **error, Body body) noexcept
{
  try
    {
      const sentencepiece::util::Status status = body ();
      if (status.ok ())
        return true;
      set_error (error, status.error_message ());
    }
  catch (const std::exception &exception)
    {
      set_error (error, exception.what ());
    }
  catch (...)
    {
      set_error (error, "failed without a reason");
    }
  return false;
}

class Sentences final : public sentencepiece::SentenceIterator
{
public:
  Sentences (const char *const *sentences, gsize n) : next_ (sentences), end_ (sentences + n)
  {
    fill ();
  }

  bool
  done () const override
  {
    return next_ == end_;
  }

  void
  Next () override
  {
    next_++;
    fill ();
  }

  const std::string &
  value () const override
  {
    return value_;
  }

  sentencepiece::util::Status
  status () const override
  {
    return sentencepiece::util::Status ();
  }

private:
  void
  fill ()
  {
    if (next_ != end_)
      value_ = *next_;
  }

  const char *const *next_;
  const char *const *end_;
  std::string        value_;
};

} // namespace

extern "C" WbSpm *
wb_spm_new (const void *model, gsize size, GError **error)
{
  std::unique_ptr<WbSpm> self;
  const bool             ok = guarded (error, [&] {
    self = std::make_unique<WbSpm> ();
    return self->processor.LoadFromSerializedProto (
                    std::string_view (static_cast<const char *> (model), size));
  });

  return ok ? self.release () : nullptr;
}

extern "C" void
wb_spm_free (WbSpm *self)
{
  delete self;
}

extern "C" gboolean
wb_spm_encode (const WbSpm *self, const char *text, gsize length, GArray *pieces, GError **error)
{
  return guarded (error, [&] {
    sentencepiece::ImmutableSentencePieceText result;
    const auto                                status =
        self->processor.Encode (std::string_view (text, length), result.mutable_proto ());
    const size_t n = status.ok () ? result.pieces_size () : 0;

    for (size_t i = 0; i < n; i++)
      {
        const auto       piece = result.pieces (static_cast<int> (i));
        const int        id = static_cast<int> (piece.id ());
        const bool       is_byte = self->processor.IsByte (id);
        const WbSpmPiece out = { id, is_byte ? 1 : static_cast<guint32> (piece.piece ().size ()) };
        g_array_append_val (pieces, out);
      }
    return status;
  });
}

extern "C" GBytes *
wb_spm_train (const char *const *sentences,
              gsize              n_sentences,
              const char *const *settings,
              GError           **error)
{
  std::string model;
  const bool  ok = guarded (error, [&] {
    std::unordered_map<std::string, std::string> map;
    Sentences                                    iterator (sentences, n_sentences);

    for (gsize i = 0; settings[i] != nullptr; i += 2)
      map[settings[i]] = settings[i + 1];
    return sentencepiece::SentencePieceTrainer::Train (map, &iterator, &model);
  });

  return ok ? g_bytes_new (model.data (), model.size ()) : nullptr;
}
