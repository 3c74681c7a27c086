import type { Argv } from "yargs";
import { GotError } from "../../base/errors.ts";
import { openRepository, repositoryBase } from "../../git/repository.ts";
import {
  approvalHash,
  approve,
  approvingPrefix,
  type Proposal,
  readApprovals,
  revoke,
} from "../../trust/approvals.ts";
import { proposalsOf } from "../../trust/proposals.ts";
import { anyCommand, type Command, type GroupEntry } from "../command.ts";
import type { Context } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { readSoundConfig } from "../../workspace/read-config.ts";
import { addedText, askText, listText, revokedText, type TrustLine } from "../views/trust.ts";

interface AddArgs {
  readonly kind: string;
  readonly yes: string | undefined;
}

interface RevokeArgs {
  readonly what: string;
}

const listCommand: Command<unknown> = {
  builder: (yargs: Argv) => yargs.example("$0 trust list", "what would run here, and what may"),
  run: async (context) => {
    const { commonDir, proposals } = open(context);
    const approvals = readApprovals(commonDir);
    const lines: TrustLine[] = proposals.map((proposal) => {
      const hash = approvalHash(proposal.kind, proposal.text);
      const approved = approvals.find((approval) => approval.hash === hash);
      return { ...proposal, hash, proposed: true, since: approved?.since ?? null };
    });
    const proposed = new Set(lines.map(({ hash }) => hash));
    for (const approval of approvals)
      if (!proposed.has(approval.hash)) lines.push({ ...approval, proposed: false });
    return { data: { entries: lines }, text: listText(lines) };
  },
};

/** Approves a proposal; without the beginning of its hash it is shown, and nothing is approved. */
const addCommand: Command<AddArgs> = {
  builder: (yargs: Argv) =>
    yargs
      .positional("kind", { type: "string", demandOption: true, describe: "What is proposed, e.g. resolver" })
      .option("yes", {
        type: "string",
        requiresArg: true,
        describe: `The first ${approvingPrefix} or more characters of the text's hash`,
      })
      .example("$0 trust add resolver", "show the text and its hash")
      .example("$0 trust add resolver --yes 1a2b3c4d5e6f7a8b", "approve that text"),
  run: async (context, { kind, yes }) => {
    const { commonDir, proposals } = open(context);
    const proposal = proposals.find((one) => one.kind === kind);
    if (proposal === undefined) {
      throw new GotError("USAGE", `.got/config.json proposes no ${kind}`, {
        facts: { kind },
        hint: "See what is proposed with got-hooks trust list.",
      });
    }
    const hash = approvalHash(kind, proposal.text);
    const data = { ...proposal, hash };
    if (yes === undefined)
      return { data: { ...data, approved: false }, text: askText(data), exitCode: exitCodes.refused };
    if (yes.length < approvingPrefix || !hash.startsWith(yes)) {
      throw new GotError("USAGE", `--yes ${yes} is not the beginning of the hash of the proposed ${kind}`, {
        facts: { kind, hash },
        hint: `Read the text with got-hooks trust add ${kind}: it may have changed.`,
      });
    }
    approve(commonDir, proposal, context.now());
    return { data: { ...data, approved: true }, text: addedText(data) };
  },
};

const revokeCommand: Command<RevokeArgs> = {
  builder: (yargs: Argv) =>
    yargs
      .positional("what", {
        type: "string",
        demandOption: true,
        describe: "A kind, or the beginning of a hash",
      })
      .example("$0 trust revoke resolver", "no resolver that a repository proposes runs any more"),
  run: async (context, { what }) => {
    // Whatever state the configuration of the repository is in.
    const revoked = revoke(openRepository(context.cwd, context.env).commonDir, what);
    return {
      data: { revoked },
      text: revokedText(what, revoked),
      exitCode: revoked.length === 0 ? exitCodes.refused : exitCodes.done,
    };
  },
};

export const entries: readonly GroupEntry[] = [
  { usage: "list", summary: "Show what is proposed and what is approved", command: anyCommand(listCommand) },
  { usage: "add <kind>", summary: "Show a proposal, or approve it", command: anyCommand(addCommand) },
  { usage: "revoke <what>", summary: "Take an approval back", command: anyCommand(revokeCommand) },
];

function open(context: Context): { readonly commonDir: string; readonly proposals: readonly Proposal[] } {
  const repository = openRepository(context.cwd, context.env);
  const { config } = readSoundConfig(repositoryBase(repository));
  return { commonDir: repository.commonDir, proposals: proposalsOf(config) };
}
