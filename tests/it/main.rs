
mod matching_oracle;
