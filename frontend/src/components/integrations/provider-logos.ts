// The providers' own logos. One that is nearly black is drawn in the colour of the text, so that it shows in the dark.

import airtable from "@/assets/providers/airtable.svg";
import discord from "@/assets/providers/discord.svg";
import github from "@/assets/providers/github.svg";
import google from "@/assets/providers/google.svg";
import linear from "@/assets/providers/linear.svg";
import notion from "@/assets/providers/notion.svg";
import slack from "@/assets/providers/slack.svg";
import stripe from "@/assets/providers/stripe.svg";
import telegram from "@/assets/providers/telegram.svg";

export type Logo = {
  url: string;
  /** Drawn in `currentColor`: its own colour has a luminance below .35. */
  isInk: boolean;
};

export const airtableLogo: Logo = { url: airtable, isInk: false };
export const discordLogo: Logo = { url: discord, isInk: false };
export const githubLogo: Logo = { url: github, isInk: true };
export const googleLogo: Logo = { url: google, isInk: false };
export const linearLogo: Logo = { url: linear, isInk: true };
export const notionLogo: Logo = { url: notion, isInk: true };
export const slackLogo: Logo = { url: slack, isInk: false };
export const stripeLogo: Logo = { url: stripe, isInk: false };
export const telegramLogo: Logo = { url: telegram, isInk: false };
